import { Get, Param, Req, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiParam, ApiProduces, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { DownloadAnswers } from '#libs/downloads/download-answers.js';
import { AdminApi } from '#libs/platform/admin-api/admin-api.decorator.js';
import { ApiProblems } from '#libs/platform/errors/api-problems.js';
import { MunkiFileNotFound } from '../munki.errors.js';
import { MunkiCatalogsDto } from './dto/munki-catalogs.dto.js';
import { MunkiCatalogs } from './munki-catalogs.js';

@ApiTags('munki')
@AdminApi('munki/catalogs')
export class MunkiCatalogsController {
  constructor(
    private readonly catalogs: MunkiCatalogs,
    private readonly answers: DownloadAnswers,
  ) {}

  @Get()
  @ApiOperation({
    operationId: 'listMunkiCatalogs',
    summary: 'Catalogs of the Munki repository as this server has them, and pkginfo files with problems',
  })
  @ApiOkResponse({ type: MunkiCatalogsDto })
  @ApiProblems(401, 403)
  async list(): Promise<MunkiCatalogsDto> {
    return MunkiCatalogsDto.from(await this.catalogs.current());
  }

  @Get(':name')
  @ApiParam({ name: 'name', type: String, example: 'production' })
  @ApiOperation({ operationId: 'getMunkiCatalog', summary: 'A catalog of the Munki repository, as clients of this server get it' })
  @ApiProduces('application/xml')
  @ApiOkResponse({ schema: { type: 'string' } })
  @ApiProblems(401, 403, 404)
  async get(@Param('name') name: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const path = `catalogs/${name}`;
    const document = (await this.catalogs.current()).documents.get(path);
    if (!document) throw new MunkiFileNotFound(path);
    this.answers.document(document, { type: 'application/xml', isAttachment: false }, request, reply);
  }
}
