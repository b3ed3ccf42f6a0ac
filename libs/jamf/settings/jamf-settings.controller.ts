import { Body, Get, HttpCode, Post, Put, Query } from '@nestjs/common';
import { ApiAcceptedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { AdminApi } from '#libs/platform/admin-api/admin-api.decorator.js';
import { Roles } from '#libs/platform/admin-api/roles.decorator.js';
import { ApiProblems } from '#libs/platform/errors/api-problems.js';
import { ConfirmWritingDto, JamfSettingsDto, SetJamfSettingsDto, settingsOf } from './dto/settings.dto.js';
import { JamfSettingsService } from './jamf-settings.service.js';

@ApiTags('jamf')
@AdminApi('jamf')
@Roles('admin')
export class JamfSettingsController {
  constructor(private readonly settings: JamfSettingsService) {}

  @Get('settings')
  @Roles('viewer')
  @ApiOperation({ operationId: 'getJamfSettings', summary: 'How package records are kept, and how many are in which state' })
  @ApiOkResponse({ type: JamfSettingsDto })
  @ApiProblems(401, 403, 404)
  async get(): Promise<JamfSettingsDto> {
    return JamfSettingsDto.from(await this.settings.overview());
  }

  @Put('settings')
  @ApiOperation({ operationId: 'setJamfSettings', summary: 'Say how package records are kept; writing has to be confirmed' })
  @ApiOkResponse({ type: JamfSettingsDto })
  @ApiProblems(400, 401, 403, 404, 409)
  async set(@Body() body: SetJamfSettingsDto, @Query() { confirm }: ConfirmWritingDto): Promise<JamfSettingsDto> {
    return JamfSettingsDto.from(await this.settings.set(settingsOf(body), confirm === 'true'));
  }

  @Post('compare')
  @HttpCode(202)
  @ApiOperation({ operationId: 'compareWithJamf', summary: 'Compare packages with Jamf Pro now, and write what the settings allow' })
  @ApiAcceptedResponse({ description: 'It begins within seconds; `compared_ts` of the settings says when it has ended.' })
  @ApiProblems(401, 403, 404, 409)
  compare(): Promise<void> {
    return this.settings.compare();
  }
}
