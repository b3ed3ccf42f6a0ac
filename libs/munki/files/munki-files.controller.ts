import { Delete, Get, HttpCode, HttpStatus, Param, Post, Put, Query, Req, Res } from '@nestjs/common';
import {
  ApiBody,
  ApiConsumes,
  ApiCreatedResponse,
  ApiHeader,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiParam,
  ApiProduces,
  ApiTags,
} from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { DownloadAnswers } from '#libs/downloads/download-answers.js';
import { validatorsOf } from '#libs/downloads/download.service.js';
import { filenameKey } from '#libs/packages/filename.js';
import { PackageVersionDto, PackageVersionListDto } from '#libs/packages/dto/package-version.dto.js';
import { AdminApi } from '#libs/platform/admin-api/admin-api.decorator.js';
import { Roles } from '#libs/platform/admin-api/roles.decorator.js';
import { ApiProblems } from '#libs/platform/errors/api-problems.js';
import { TakesBody } from '#libs/platform/http/bodies/body-limits.js';
import { MUNKI_PREFIX } from '#libs/replication/space.js';
import { MunkiFileNotFound } from '../munki.errors.js';
import {
  DeleteMunkiFileDto,
  ListMunkiFilesDto,
  MunkiFileDto,
  MunkiFilesDto,
  PutMunkiFileDto,
  RestoreMunkiFileDto,
} from './dto/munki-file.dto.js';
import { MunkiFiles } from './munki-files.service.js';

const BYTES = { type: 'application/octet-stream', isAttachment: true };

const Path = () =>
  ApiParam({
    name: 'path',
    type: String,
    example: 'pkgsinfo/apps/Firefox-128.0.plist',
    description: 'Its slashes are written as %2F.',
  });

@ApiTags('munki')
@AdminApi('munki/files')
export class MunkiFilesController {
  constructor(
    private readonly files: MunkiFiles,
    private readonly answers: DownloadAnswers,
  ) {}

  @Get()
  @ApiOperation({ operationId: 'listMunkiFiles', summary: 'Files of the Munki repository, by their paths' })
  @ApiOkResponse({ type: MunkiFilesDto })
  @ApiProblems(400, 401, 403)
  async list(@Query() { kind, q, deleted, limit = 100, cursor }: ListMunkiFilesDto): Promise<MunkiFilesDto> {
    const filter = { ...(kind ? { kind } : {}), ...(q ? { contains: filenameKey(q) } : {}), isDeleted: deleted ?? false };
    return MunkiFilesDto.from(await this.files.list(filter, limit, cursor));
  }

  @Get(':path')
  @Path()
  @ApiOperation({ operationId: 'getMunkiFile', summary: 'The content of a file of the Munki repository' })
  @ApiProduces('application/octet-stream')
  @ApiOkResponse({ schema: { type: 'string', format: 'binary' } })
  @ApiProblems(401, 403, 404, 416)
  get(@Param('path') path: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const wanted = { keys: [filenameKey(MUNKI_PREFIX + path)], missing: () => new MunkiFileNotFound(path), isAllowed: true };
    return this.answers.get(wanted, BYTES, request, reply);
  }

  @Put(':path')
  @TakesBody('stream')
  @Roles('publisher')
  @Path()
  @ApiOperation({
    operationId: 'putMunkiFile',
    summary: 'Store a file in the Munki repository of every server: the body is the file',
    description: 'What is there under the path is replaced. Catalogs are not stored: each server makes them from pkgsinfo.',
  })
  @ApiHeader({ name: 'If-Match', required: false, description: 'Entity tags of downloads: only when the file is one of these.' })
  @ApiHeader({ name: 'If-None-Match', required: false, description: '`*`: only when there is no file at the path.' })
  @ApiConsumes('application/octet-stream')
  @ApiBody({ schema: { type: 'string', format: 'binary' } })
  @ApiCreatedResponse({ type: MunkiFileDto })
  @ApiOkResponse({ type: MunkiFileDto, description: 'A file was replaced, or the same content was there already.' })
  @ApiProblems(400, 401, 403, 408, 409, 412, 413, 415, 507)
  async put(
    @Req() request: FastifyRequest,
    @Param('path') path: string,
    @Query() query: PutMunkiFileDto,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<MunkiFileDto> {
    const published = await this.files.put(request.raw, path, query);
    const status = published.alreadyExisted || published.isReplacement ? HttpStatus.OK : HttpStatus.CREATED;
    void reply.status(status).header('ETag', validatorsOf(published.package).etag);
    return MunkiFileDto.from(published.package);
  }

  @Delete(':path')
  @HttpCode(204)
  @Roles('publisher')
  @Path()
  @ApiOperation({ operationId: 'deleteMunkiFile', summary: 'Delete a file of the Munki repository on every server' })
  @ApiNoContentResponse()
  @ApiProblems(400, 401, 403, 404, 409)
  remove(@Param('path') path: string, @Query() { confirm }: DeleteMunkiFileDto): Promise<void> {
    return this.files.remove(path, confirm === true);
  }

  @Get(':path/versions')
  @Path()
  @ApiOperation({ operationId: 'listMunkiFileVersions', summary: 'Earlier versions of a file of the Munki repository, the newest first' })
  @ApiOkResponse({ type: PackageVersionListDto })
  @ApiProblems(401, 403, 404)
  async versions(@Param('path') path: string): Promise<PackageVersionListDto> {
    const items = (await this.files.listVersions(path)).map((each) => PackageVersionDto.from(each));
    return { items, retention_days: this.files.retentionDays };
  }

  @Post(':path/restore')
  @HttpCode(200)
  @Roles('publisher')
  @Path()
  @ApiOperation({
    operationId: 'restoreMunkiFile',
    summary: 'Bring an earlier version of a file of the Munki repository back, on every server',
  })
  @ApiOkResponse({ type: MunkiFileDto })
  @ApiProblems(400, 401, 403, 404, 409)
  async restore(@Param('path') path: string, @Query() { uuid }: RestoreMunkiFileDto): Promise<MunkiFileDto> {
    return MunkiFileDto.from(await this.files.restore(path, uuid));
  }
}
