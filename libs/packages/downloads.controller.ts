import { Controller, Get, Head, Param, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { randomBytes } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import type { Package } from '#libs/entities/package.entity.js';
import { Config } from '#libs/platform/config/config.js';
import { Public } from '#libs/platform/http/public.decorator.js';
import { multipartBody, rangeBody } from './download-body.js';
import { DownloadService, validatorsOf } from './download.service.js';
import { evaluateConditions, rangeCounts } from './http-conditions.js';
import { parseRange, type ByteRange } from './http-range.js';

const TYPE = 'application/octet-stream';
const paths = ['share/:filename', 'share/Packages/:filename', 'Packages/:filename'];

/** RFC 6266 with RFC 8187: a plain name for old clients, the exact one for the others. */
function disposition(filename: string): string {
  const plain = filename.replace(/[^\x20-\x7e]|["\\]/g, '_');
  const exact = encodeURIComponent(filename).replace(/['()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
  return `attachment; filename="${plain}"; filename*=UTF-8''${exact}`;
}

/** What managed computers download. Jamf Pro appends `/Packages` to a distribution point's context. Never a redirect. */
@ApiExcludeController()
@Public()
@Controller()
export class DownloadsController {
  constructor(
    private readonly downloads: DownloadService,
    private readonly config: Config,
  ) {}

  /** Before GET, or Fastify makes a HEAD of its own that says Content-Length: 0. */
  @Head(paths)
  async head(@Param('filename') filename: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const row = await this.downloads.find(filename);
    if (!this.isAnsweredByConditions(row, request, reply)) void reply.header('Content-Length', row.size).send();
  }

  @Get(paths)
  async get(@Param('filename') filename: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const prefix = this.config.get('ACCEL_REDIRECT_PREFIX');
    // nginx tests If-Match before it knows our ETag, and would always refuse: such a request gets its bytes from here.
    if (prefix !== null && request.headers['if-match'] === undefined) {
      const row = await this.downloads.find(filename);
      if (!this.isAnsweredByConditions(row, request, reply)) this.handToProxy(row, prefix, reply);
      return;
    }
    const { row, handle } = await this.downloads.open(filename);
    if (this.isAnsweredByConditions(row, request, reply)) await handle.close();
    else await this.sendBytes(row, handle, request, reply);
  }

  private isAnsweredByConditions(row: Package, request: FastifyRequest, reply: FastifyReply): boolean {
    const validators = validatorsOf(row);
    void reply.headers({
      ETag: validators.etag,
      'Last-Modified': new Date(validators.lastModifiedMs).toUTCString(),
      'Accept-Ranges': 'bytes',
      'Cache-Control': 'no-cache',
      'Repr-Digest': `sha-256=:${Buffer.from(row.sha256, 'hex').toString('base64')}:`,
      'X-Content-Type-Options': 'nosniff',
    });
    const status = evaluateConditions(request.headers, validators);
    if (status !== 200) {
      void reply.status(status).send();
      return true;
    }
    void reply.headers({ 'Content-Type': TYPE, 'Content-Disposition': disposition(row.filename) });
    return false;
  }

  /** nginx sends the bytes itself (sendfile), ranges included, with the headers of this answer. */
  private handToProxy({ uuid }: Package, prefix: string, reply: FastifyReply): void {
    void reply.removeHeader('Accept-Ranges'); // nginx adds its own
    void reply.header('X-Accel-Redirect', `${prefix.replace(/\/$/, '')}/${uuid}`).send();
  }

  private async sendBytes(row: Package, handle: FileHandle, request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const ranges = rangeCounts(request.headers, validatorsOf(row)) ? parseRange(request.headers.range, row.size) : null;
    if (ranges === null) this.sendWhole(row, handle, reply);
    else if (ranges.length === 0) {
      await handle.close();
      void reply
        .status(416)
        .headers({ 'Content-Range': `bytes */${row.size}`, 'Content-Length': 0 })
        .send();
    } else this.sendRanges(row, handle, ranges, reply);
  }

  private sendWhole({ size }: Package, handle: FileHandle, reply: FastifyReply): void {
    void reply.header('Content-Length', size).send(rangeBody(handle, { start: 0, end: size - 1 }));
  }

  private sendRanges({ size }: Package, handle: FileHandle, ranges: readonly ByteRange[], reply: FastifyReply): void {
    const [first, ...more] = ranges;
    if (more.length === 0) {
      const { start, end } = first!;
      void reply
        .status(206)
        .headers({ 'Content-Range': `bytes ${start}-${end}/${size}`, 'Content-Length': end - start + 1 })
        .send(rangeBody(handle, first!));
      return;
    }
    const { contentType, length, body } = multipartBody(handle, ranges, size, TYPE, randomBytes(12).toString('hex'));
    void reply.status(206).headers({ 'Content-Type': contentType, 'Content-Length': length }).send(body);
  }
}
