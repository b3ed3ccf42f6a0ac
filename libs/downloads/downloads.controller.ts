import { Controller, Get, Head, Param, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { randomBytes } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { Config } from '#libs/platform/config/config.js';
import { Public } from '#libs/platform/http/public.decorator.js';
import { ContentReadFailed, multipartBody, rangeBody } from '#libs/platform/http/file-body.js';
import { credentialsOf } from './access/download-policy.js';
import { DownloadService, type ServedContent, validatorsOf } from './download.service.js';
import { evaluateConditions, hasDatedRange, rangeCounts } from '#libs/platform/http/http-conditions.js';
import { hasHugeNumbers, parseRange, type ByteRange } from '#libs/platform/http/http-range.js';

const PLACE = 'Packages are downloaded from here by their names. There is no listing.\n';
const TYPE = 'application/octet-stream';
const paths = ['share/:filename', 'share/Packages/:filename', 'Packages/:filename'];

/**
 * RFC 6266 with RFC 8187: a plain name, and the exact one where the plain one is not exact. It is left out otherwise: clients that read
 * the header with a pattern of their own, as AutoPkg's URLDownloader does, take it for a part of the name.
 */
function disposition(filename: string): string {
  const plain = filename.replace(/[^\x20-\x7e]|["\\]/g, '_');
  if (plain === filename) return `attachment; filename="${plain}"`;
  const exact = encodeURIComponent(filename).replace(/['()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
  return `attachment; filename="${plain}"; filename*=UTF-8''${exact}`;
}

/**
 * Whether nginx can answer as this server would. It tests If-Match before it knows our ETag and always refuses, compares the date of
 * If-Range with that of the file, and answers 416 to numbers beyond 64 bits: such a request gets its bytes from here.
 */
const isForProxy = ({ headers }: FastifyRequest): boolean =>
  headers['if-match'] === undefined && !hasDatedRange(headers) && !hasHugeNumbers(headers.range);

/** Contents of a server whose clock is ahead must not be dated into our future (RFC 9110 section 8.8.2.1), but for the second between two of them. */
const MOST_AHEAD_MS = 1_000;
const dateOf = (ms: number): string => new Date(Math.min(ms, Date.now() + MOST_AHEAD_MS)).toUTCString();

/** What managed computers download. Jamf Pro appends `/Packages` to a distribution point's context. Never a redirect. */
@ApiExcludeController()
@Public()
@Controller()
export class DownloadsController {
  constructor(
    private readonly downloads: DownloadService,
    private readonly config: Config,
  ) {}

  @Head('share')
  headShare(@Res() reply: FastifyReply): void {
    this.answerShare(reply);
  }

  @Get('share')
  getShare(@Res() reply: FastifyReply): void {
    this.answerShare(reply);
  }

  /** That something is here, and never what: names of packages are for those who know them. */
  private answerShare(reply: FastifyReply): void {
    void reply.headers({ 'Cache-Control': 'no-cache', 'Content-Type': 'text/plain; charset=utf-8' }).send(PLACE);
  }

  /** Before GET, or Fastify makes a HEAD of its own that says Content-Length: 0. */
  @Head(paths)
  async head(@Param('filename') filename: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const row = await this.downloads.findReadable(filename, credentialsOf(request));
    if (!this.isAnsweredByConditions(row, request, reply)) void reply.header('Content-Length', row.size).send();
  }

  @Get(paths)
  async get(@Param('filename') filename: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const prefix = this.config.get('ACCEL_REDIRECT_PREFIX');
    if (prefix !== null && isForProxy(request)) {
      const row = await this.downloads.findReadable(filename, credentialsOf(request));
      if (!this.isAnsweredByConditions(row, request, reply)) this.handToProxy(row, prefix, reply);
      return;
    }
    const { row, handle } = await this.downloads.open(filename, credentialsOf(request));
    if (this.isAnsweredByConditions(row, request, reply)) await handle.close();
    else await this.sendBytes(row, handle, request, reply);
  }

  private isAnsweredByConditions(row: ServedContent, request: FastifyRequest, reply: FastifyReply): boolean {
    const validators = validatorsOf(row);
    void reply.headers({
      ETag: validators.etag,
      'Last-Modified': dateOf(validators.lastModifiedMs),
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
  private handToProxy({ uuid }: ServedContent, prefix: string, reply: FastifyReply): void {
    void reply.removeHeader('Accept-Ranges'); // nginx adds its own
    void reply.header('X-Accel-Redirect', `${prefix.replace(/\/$/, '')}/${uuid}`).send();
  }

  private async sendBytes(row: ServedContent, handle: FileHandle, request: FastifyRequest, reply: FastifyReply): Promise<void> {
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

  private sendWhole(row: ServedContent, handle: FileHandle, reply: FastifyReply): void {
    const body = rangeBody(handle, { start: 0, end: row.size - 1 });
    void reply.header('Content-Length', row.size).send(this.watched(row, body));
  }

  /** A disk that does not give the bytes is found out by whoever reads them first. */
  private watched(row: ServedContent, body: Readable): Readable {
    return body.once('error', (error) => {
      if (error instanceof ContentReadFailed) void this.downloads.readFailed(row, error);
    });
  }

  private sendRanges(row: ServedContent, handle: FileHandle, ranges: readonly ByteRange[], reply: FastifyReply): void {
    const { size } = row;
    const [first, ...more] = ranges;
    if (more.length === 0) {
      const { start, end } = first!;
      void reply
        .status(206)
        .headers({ 'Content-Range': `bytes ${start}-${end}/${size}`, 'Content-Length': end - start + 1 })
        .send(this.watched(row, rangeBody(handle, first!)));
      return;
    }
    const { contentType, length, body } = multipartBody(handle, ranges, size, TYPE, randomBytes(12).toString('hex'));
    void reply.status(206).headers({ 'Content-Type': contentType, 'Content-Length': length }).send(this.watched(row, body));
  }
}
