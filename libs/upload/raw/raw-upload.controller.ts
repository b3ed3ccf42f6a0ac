import { HttpStatus, Param, Put, Query, Req, Res } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiCreatedResponse, ApiHeader, ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { validatorsOf } from '#libs/downloads/download.service.js';
import { AdminApi } from '#libs/platform/admin-api/admin-api.decorator.js';
import { Roles } from '#libs/platform/admin-api/roles.decorator.js';
import { ApiProblems } from '#libs/platform/errors/api-problems.js';
import { TakesBody } from '#libs/platform/http/bodies/body-limits.js';
import { RawUploadQueryDto } from '../dto/raw-upload.dto.js';
import { UploadedDto } from '../dto/upload.dto.js';
import { RawUploadService } from './raw-upload.service.js';

const etag = { ETag: { description: 'The entity tag that downloads of this content have.', schema: { type: 'string' as const } } };
const Optional = (name: string, description: string) => ApiHeader({ name, description, required: false });

@ApiTags('upload')
@AdminApi('packages')
export class RawUploadController {
  constructor(private readonly uploads: RawUploadService) {}

  @Put(':name/content')
  @TakesBody('stream')
  @Roles('publisher')
  @ApiOperation({
    operationId: 'putPackageContent',
    summary: 'Upload a package: the body is the file',
    description: 'Any Content-Type is taken and none is kept. The name is always a filename, also when it has digits only.',
  })
  @ApiParam({ name: 'name', type: String, example: 'NoMAD.pkg', description: 'The public filename.' })
  @Optional('If-None-Match', '`*`: only when there is no package of that name.')
  @Optional('If-Match', 'Entity tags of downloads: only when the content is one of these, which is then replaced.')
  @Optional(
    'Content-Digest',
    '`sha-256=:BASE64:` or `sha-512=:BASE64:` (RFC 9530): refused when the file has another one. `Repr-Digest` means the same.',
  )
  @Optional('X-Checksum-Sha256', 'The SHA-256 that the file must have, in hexadecimal digits.')
  @ApiConsumes('application/octet-stream')
  @ApiBody({ schema: { type: 'string', format: 'binary' } })
  @ApiCreatedResponse({ type: UploadedDto, headers: etag })
  @ApiOkResponse({ type: UploadedDto, headers: etag, description: 'A package was replaced, or the same content was there already.' })
  @ApiProblems(400, 401, 403, 408, 409, 412, 413, 415, 507)
  async put(
    @Req() request: FastifyRequest,
    @Param('name') name: string,
    @Query() query: RawUploadQueryDto,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<UploadedDto> {
    const published = await this.uploads.upload(request.raw, name, query);
    const status = published.alreadyExisted || published.isReplacement ? HttpStatus.OK : HttpStatus.CREATED;
    void reply.status(status).header('ETag', validatorsOf(published.package).etag);
    return UploadedDto.of(published);
  }
}
