import { Body, Delete, Get, HttpCode, Param, Post } from '@nestjs/common';
import { ApiCreatedResponse, ApiNoContentResponse, ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { AdminApi } from '#libs/platform/admin-api/admin-api.decorator.js';
import { Roles } from '#libs/platform/admin-api/roles.decorator.js';
import { ApiProblems } from '#libs/platform/errors/api-problems.js';
import { RowIdPipe } from '#libs/platform/http/row-id.pipe.js';
import {
  CreateDownloadCredentialDto,
  DownloadCredentialDto,
  DownloadCredentialsDto,
  NewDownloadCredentialDto,
} from '../dto/download-credential.dto.js';
import { DownloadCredentials } from './download-credentials.service.js';

@AdminApi('downloads/credentials')
@Roles('admin')
export class DownloadCredentialsController {
  constructor(private readonly credentials: DownloadCredentials) {}

  @Get()
  @ApiOperation({
    operationId: 'listDownloadCredentials',
    summary: 'User names with which managed computers may download, and when they did',
  })
  @ApiOkResponse({ type: DownloadCredentialsDto })
  @ApiProblems(401, 403)
  async list(): Promise<DownloadCredentialsDto> {
    return { items: (await this.credentials.list()).map(DownloadCredentialDto.from) };
  }

  @Post()
  @ApiOperation({
    operationId: 'createDownloadCredential',
    summary: 'Make a user name and secret with which managed computers may download',
  })
  @ApiCreatedResponse({ type: NewDownloadCredentialDto })
  @ApiProblems(400, 401, 403, 409)
  async create(@Body() { name, username }: CreateDownloadCredentialDto): Promise<NewDownloadCredentialDto> {
    return NewDownloadCredentialDto.made(await this.credentials.create(name, username));
  }

  @Delete(':id')
  @HttpCode(204)
  @ApiOperation({ operationId: 'revokeDownloadCredential', summary: 'Revoke a credential for downloads' })
  @ApiNoContentResponse()
  @ApiProblems(400, 401, 403, 404)
  revoke(@Param('id', RowIdPipe) id: number): Promise<void> {
    return this.credentials.revoke(id);
  }
}
