import { Body, Get, HttpCode, Post, Put } from '@nestjs/common';
import { ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { AdminApi } from '#libs/platform/admin-api/admin-api.decorator.js';
import { Roles } from '#libs/platform/admin-api/roles.decorator.js';
import { ApiProblems } from '#libs/platform/errors/api-problems.js';
import { LimitBody } from '#libs/platform/http/bodies/body-limits.js';
import { inputOf, OidcSettingsDto, OidcTestedDto, SetOidcDto } from './dto/settings.dto.js';
import { OidcSettingsService } from './oidc-settings.service.js';

/** A hundred groups of the longest names. */
const SETTINGS_BODY = { maxBytes: 2 ** 17, maxItems: 1_000 };

@AdminApi('oidc')
@Roles('admin')
export class OidcSettingsController {
  constructor(private readonly settings: OidcSettingsService) {}

  @Get()
  @ApiOperation({ operationId: 'getOidcSettings', summary: 'How people sign in with the company (OpenID Connect)' })
  @ApiOkResponse({ type: OidcSettingsDto })
  @ApiProblems(401, 403)
  async get(): Promise<OidcSettingsDto> {
    return OidcSettingsDto.from(await this.settings.find());
  }

  @Put()
  @ApiOperation({ operationId: 'setOidcSettings', summary: 'Set up the sign-in with the company, switch it on or off' })
  @ApiOkResponse({ type: OidcSettingsDto })
  @ApiProblems(400, 401, 403)
  @LimitBody(SETTINGS_BODY)
  async set(@Body() body: SetOidcDto): Promise<OidcSettingsDto> {
    return OidcSettingsDto.from(await this.settings.set(inputOf(body)));
  }

  @Post('test')
  @HttpCode(200)
  @ApiOperation({
    operationId: 'testOidcSettings',
    summary: 'Ask the provider whether a sign-in would work, before the settings are saved',
    description: 'Reads what the provider says of itself and its keys, and shows it the client ID and the secret.',
  })
  @ApiOkResponse({ type: OidcTestedDto })
  @ApiProblems(400, 401, 403)
  @LimitBody(SETTINGS_BODY)
  async test(@Body() body: SetOidcDto): Promise<OidcTestedDto> {
    return OidcTestedDto.from(await this.settings.test(inputOf(body)));
  }
}
