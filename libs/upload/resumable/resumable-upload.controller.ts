import { Delete, Head, Headers, HttpCode, Options, Param, Patch, Post, Req, Res } from '@nestjs/common';
import { ApiCreatedResponse, ApiExcludeEndpoint, ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { AdminApi } from '#libs/platform/admin-api/admin-api.decorator.js';
import { CurrentUser, type Principal } from '#libs/platform/admin-api/principal.js';
import { Roles } from '#libs/platform/admin-api/roles.decorator.js';
import { Config } from '#libs/platform/config/config.js';
import { TakesBody } from '#libs/platform/http/bodies/body-limits.js';
import { ApiProblems } from '#libs/platform/errors/api-problems.js';
import { PublicPath } from '#libs/platform/http/public-path.js';
import { UploadMalformed } from '../upload.errors.js';
import { ById, ChecksumHeader, LengthHeaders, OffsetHeaders, TusHeader, progressHeaders } from './resumable-docs.js';
import { isOffsetStream, requireOffsetStream, requireTus, sendMetadata, sendProgress } from './resumable-exchange.js';
import { ResumableBegin } from './resumable-begin.js';
import { ResumableUploadService } from './resumable-upload.service.js';
import { byteCount, checksumAlgorithms, TUS_EXTENSIONS, TUS_VERSION, uploadChecksum } from './tus-headers.js';

type Heads = Record<string, string | undefined>;

/** Uploads that survive broken lines and restarts: the tus protocol, version 1.0.0 (https://tus.io/protocols/resumable-upload). */
@AdminApi('upload/resumable')
@ApiTags('upload')
@Roles('publisher')
export class ResumableUploadController {
  constructor(
    private readonly uploads: ResumableUploadService,
    private readonly begin: ResumableBegin,
    private readonly config: Config,
    private readonly paths: PublicPath,
  ) {}

  @Options()
  @HttpCode(204)
  @Roles('viewer')
  @ApiOperation({ operationId: 'describeResumableUploads', summary: 'What of the tus protocol this server speaks' })
  @ApiNoContentResponse({ description: 'In the headers Tus-Version, Tus-Extension, Tus-Max-Size and Tus-Checksum-Algorithm.' })
  @ApiProblems(401, 403)
  describe(@Res({ passthrough: true }) reply: FastifyReply): void {
    void reply.headers({
      'Tus-Resumable': TUS_VERSION,
      'Tus-Version': TUS_VERSION,
      'Tus-Extension': TUS_EXTENSIONS,
      'Tus-Max-Size': String(this.config.get('MAX_UPLOAD_BYTES')),
      'Tus-Checksum-Algorithm': checksumAlgorithms.join(','),
    });
  }

  @Post()
  @TakesBody('stream')
  @TusHeader()
  @LengthHeaders()
  @ApiOperation({
    operationId: 'beginResumableUpload',
    summary: 'Begin a resumable upload',
    description: 'A body of the type application/offset+octet-stream is taken as its first bytes.',
  })
  @ApiCreatedResponse({ description: 'The header Location is where to send the bytes.', headers: progressHeaders })
  @ApiProblems(400, 401, 403, 409, 412, 413, 422, 429, 507)
  async create(
    @Headers() heads: Heads,
    @CurrentUser() caller: Principal,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<void> {
    requireTus(heads, reply);
    const checksum = uploadChecksum(heads['upload-checksum']);
    const upload = await this.begin.begin(caller, byteCount('Upload-Length', heads['upload-length']), heads['upload-metadata']);
    void reply.header('Location', `${this.paths.of(request.headers)}/api/admin/upload/resumable/${upload.id}`);
    if (!isOffsetStream(heads) && upload.size > 0) return sendProgress(reply, { upload, published: null });
    sendProgress(reply, await this.uploads.append(upload.id, caller, { offset: 0, checksum, request: request.raw }));
  }

  @Head(':id')
  @HttpCode(200)
  @TusHeader()
  @ById()
  @ApiOperation({ operationId: 'getResumableUpload', summary: 'How many bytes of a resumable upload are safe' })
  @ApiOkResponse({ description: 'In the header Upload-Offset.', headers: progressHeaders })
  @ApiProblems(401, 403, 404, 410, 412)
  async progress(
    @Param('id') id: string,
    @Headers() heads: Heads,
    @CurrentUser() caller: Principal,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<void> {
    requireTus(heads, reply);
    const progress = await this.uploads.progress(id, caller);
    sendMetadata(reply, progress);
    sendProgress(reply, progress);
  }

  @Patch(':id')
  @TakesBody('stream')
  @HttpCode(204)
  @TusHeader()
  @OffsetHeaders()
  @ChecksumHeader()
  @ById()
  @ApiOperation({ operationId: 'continueResumableUpload', summary: 'Send the next bytes; with the last ones it becomes a package' })
  @ApiNoContentResponse({ description: 'All bytes of the request are safe.', headers: progressHeaders })
  @ApiProblems(400, 401, 403, 404, 408, 409, 410, 412, 413, 415, 422, 423, 460, 503, 507)
  async continue(
    @Param('id') id: string,
    @Headers() heads: Heads,
    @CurrentUser() caller: Principal,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<void> {
    requireTus(heads, reply);
    requireOffsetStream(heads);
    const checksum = uploadChecksum(heads['upload-checksum']);
    const offset = byteCount('Upload-Offset', heads['upload-offset']);
    sendProgress(reply, await this.uploads.append(id, caller, { offset, checksum, request: request.raw }));
  }

  /** For clients behind proxies that know neither PATCH nor DELETE (tus 1.0, X-HTTP-Method-Override). */
  @Post(':id')
  @TakesBody('stream')
  @HttpCode(204)
  @ApiExcludeEndpoint()
  override(
    @Param('id') id: string,
    @Headers() heads: Heads,
    @CurrentUser() caller: Principal,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<void> {
    const method = heads['x-http-method-override'];
    if (method === 'DELETE') return this.remove(id, heads, caller, reply);
    if (method === 'PATCH') return this.continue(id, heads, caller, request, reply);
    throw new UploadMalformed('Send the bytes with PATCH, or with POST and "X-HTTP-Method-Override: PATCH".');
  }

  @Delete(':id')
  @HttpCode(204)
  @TusHeader()
  @ById()
  @ApiOperation({ operationId: 'cancelResumableUpload', summary: 'Remove an unfinished upload; the package of a finished one stays' })
  @ApiNoContentResponse()
  @ApiProblems(401, 403, 404, 410, 412, 423)
  remove(
    @Param('id') id: string,
    @Headers() heads: Heads,
    @CurrentUser() caller: Principal,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<void> {
    requireTus(heads, reply);
    return this.uploads.remove(id, caller);
  }
}
