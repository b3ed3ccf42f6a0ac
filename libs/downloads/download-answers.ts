import { Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { randomBytes } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { Config } from '#libs/platform/config/config.js';
import { ContentReadFailed, multipartBody, rangeBody } from '#libs/platform/http/file-body.js';
import { evaluateConditions, hasDatedRange, rangeCounts } from '#libs/platform/http/http-conditions.js';
import { hasHugeNumbers, parseRange, type ByteRange } from '#libs/platform/http/http-range.js';
import { DownloadAccess } from './access/download-access.js';
import { credentialsOf } from './access/download-policy.js';
import { DownloadService, type ServedContent, validatorsOf, type WantedDownload } from './download.service.js';

/** How a content is given. */
export interface DownloadForm {
  readonly type: string;
  /** Whether browsers save it under its name. */
  readonly isAttachment: boolean;
}

export interface MadeDocument {
  readonly body: Buffer;
  readonly sha256: string;
  readonly lastModifiedMs: number;
}

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

/** Answers requests for contents: conditions, ranges, bytes from here or from the proxy. */
@Injectable()
export class DownloadAnswers {
  constructor(
    private readonly downloads: DownloadService,
    private readonly access: DownloadAccess,
    private readonly config: Config,
  ) {}

  /** Throws what `DownloadService.findReadable` does. */
  async head(wanted: WantedDownload, form: DownloadForm, request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const row = await this.downloads.findReadable(wanted, credentialsOf(request));
    if (!this.isAnsweredByConditions(row, form, request, reply)) void reply.header('Content-Length', row.size).send();
  }

  /** Throws what `DownloadService.findReadable` and `open` do. */
  async get(wanted: WantedDownload, form: DownloadForm, request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const prefix = this.config.get('ACCEL_REDIRECT_PREFIX');
    if (prefix !== null && isForProxy(request)) {
      const row = await this.downloads.findReadable(wanted, credentialsOf(request));
      if (!this.isAnsweredByConditions(row, form, request, reply)) this.handToProxy(row, prefix, reply);
      return;
    }
    const { row, handle } = await this.downloads.open(wanted, credentialsOf(request));
    if (this.isAnsweredByConditions(row, form, request, reply)) await handle.close();
    else await this.sendBytes(row, handle, form, request, reply);
  }

  /** For what is no content: throws what DownloadAccess does. */
  requireAccess(request: FastifyRequest): Promise<void> {
    return this.access.require(credentialsOf(request), null);
  }

  /** A text that this server makes itself; the caller has asked for access. Parts are not given. */
  document({ body, sha256, lastModifiedMs }: MadeDocument, form: DownloadForm, request: FastifyRequest, reply: FastifyReply): void {
    const row = { filename: '', uuid: '', size: body.length, sha256, createdMs: 0, lastModifiedMs };
    if (this.isAnsweredByConditions(row, form, request, reply)) return;
    void reply.removeHeader('Accept-Ranges').header('Content-Length', body.length);
    void reply.send(request.method === 'HEAD' ? undefined : body);
  }

  private isAnsweredByConditions(row: ServedContent, form: DownloadForm, request: FastifyRequest, reply: FastifyReply): boolean {
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
    void reply.header('Content-Type', form.type);
    if (form.isAttachment) void reply.header('Content-Disposition', disposition(row.filename));
    return false;
  }

  /** nginx sends the bytes itself (sendfile), ranges included, with the headers of this answer. */
  private handToProxy({ uuid }: ServedContent, prefix: string, reply: FastifyReply): void {
    void reply.removeHeader('Accept-Ranges'); // nginx adds its own
    void reply.header('X-Accel-Redirect', `${prefix.replace(/\/$/, '')}/${uuid}`).send();
  }

  private async sendBytes(
    row: ServedContent,
    handle: FileHandle,
    form: DownloadForm,
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<void> {
    const ranges = rangeCounts(request.headers, validatorsOf(row)) ? parseRange(request.headers.range, row.size) : null;
    if (ranges === null) this.sendWhole(row, handle, reply);
    else if (ranges.length === 0) {
      await handle.close();
      void reply
        .status(416)
        .headers({ 'Content-Range': `bytes */${row.size}`, 'Content-Length': 0 })
        .send();
    } else this.sendRanges(row, handle, ranges, form, reply);
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

  private sendRanges(row: ServedContent, handle: FileHandle, ranges: readonly ByteRange[], form: DownloadForm, reply: FastifyReply): void {
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
    const { contentType, length, body } = multipartBody(handle, ranges, size, form.type, randomBytes(12).toString('hex'));
    void reply.status(206).headers({ 'Content-Type': contentType, 'Content-Length': length }).send(this.watched(row, body));
  }
}
