import { Body, Get, HttpCode, Param, Post, Put } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiParam } from '@nestjs/swagger';
import { AdminApi } from '#libs/platform/admin-api/admin-api.decorator.js';
import { Roles } from '#libs/platform/admin-api/roles.decorator.js';
import { ApiProblems } from '#libs/platform/errors/api-problems.js';
import { RowIdPipe } from '#libs/platform/http/row-id.pipe.js';
import { AuthorRightsService } from './author-rights.service.js';
import { AuthorDto, AuthorListDto, PublishRightsDto, SetAuthorRightsDto } from './dto/trust.dto.js';
import { WriteReader } from './write-reader.js';

const ByIss = () =>
  ApiParam({ name: 'iss', type: String, example: 'e7becdda9a9046f6a78f69ef591e9835', description: 'ISS ID of the author.' });

@AdminApi('authors')
export class AuthorsController {
  constructor(
    private readonly authors: AuthorRightsService,
    private readonly reader: WriteReader,
  ) {}

  @Get()
  @ApiOperation({ operationId: 'listAuthors', summary: 'The servers whose packages arrive here, their keys, and what is accepted of them' })
  @ApiOkResponse({ type: AuthorListDto })
  @ApiProblems(401, 403)
  async list(): Promise<AuthorListDto> {
    const items = (await this.authors.list()).map((author) => AuthorDto.from(author));
    return { items, accepts_unsigned: await this.reader.acceptsUnsigned() };
  }

  @Put(':iss/rights')
  @Roles('admin')
  @ByIss()
  @ApiOperation({ operationId: 'setAuthorRights', summary: 'Say what a server may publish, replace, promote and delete here' })
  @ApiOkResponse({ type: AuthorDto })
  @ApiProblems(400, 401, 403, 404)
  async set(@Param('iss') iss: string, @Body() { preset, rights }: SetAuthorRightsDto): Promise<AuthorDto> {
    return AuthorDto.from(await this.authors.set(iss, preset, rights ? PublishRightsDto.read(rights) : null));
  }

  @Post(':iss/keys/:id/accept')
  @HttpCode(200)
  @Roles('admin')
  @ByIss()
  @ApiOperation({ operationId: 'acceptAuthorKey', summary: 'Accept another key of a server' })
  @ApiOkResponse({ type: AuthorDto })
  @ApiProblems(400, 401, 403, 404)
  async acceptKey(@Param('iss') iss: string, @Param('id', RowIdPipe) id: number): Promise<AuthorDto> {
    return AuthorDto.from(await this.authors.acceptKey(iss, id));
  }
}
