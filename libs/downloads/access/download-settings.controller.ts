import { Body, Get, Patch } from '@nestjs/common';
import { ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { AdminApi } from '#libs/platform/admin-api/admin-api.decorator.js';
import { Roles } from '#libs/platform/admin-api/roles.decorator.js';
import { ApiProblems } from '#libs/platform/errors/api-problems.js';
import { DownloadSettingsDto, UpdateDownloadSettingsDto } from '../dto/download-settings.dto.js';
import { DownloadSettingsService } from './download-settings.service.js';

@AdminApi('downloads')
export class DownloadSettingsController {
  constructor(private readonly settings: DownloadSettingsService) {}

  @Get()
  @ApiOperation({ operationId: 'getDownloadSettings', summary: 'Who may download packages from this server' })
  @ApiOkResponse({ type: DownloadSettingsDto })
  @ApiProblems(401, 403)
  async get(): Promise<DownloadSettingsDto> {
    return DownloadSettingsDto.from(await this.settings.read());
  }

  @Patch()
  @Roles('admin')
  @ApiOperation({ operationId: 'updateDownloadSettings', summary: 'Change who may download packages from this server' })
  @ApiOkResponse({ type: DownloadSettingsDto })
  @ApiProblems(400, 401, 403)
  async update(@Body() change: UpdateDownloadSettingsDto): Promise<DownloadSettingsDto> {
    return DownloadSettingsDto.from(await this.settings.update(change.toRule()));
  }
}
