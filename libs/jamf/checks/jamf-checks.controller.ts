import { Body, Get, HttpCode, Post, Query } from '@nestjs/common';
import { ApiAcceptedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { AdminApi } from '#libs/platform/admin-api/admin-api.decorator.js';
import { Roles } from '#libs/platform/admin-api/roles.decorator.js';
import { ApiProblems } from '#libs/platform/errors/api-problems.js';
import { askedOf, AskJamfChecksDto, JamfChecksAskedDto, JamfChecksDto, ListJamfChecksDto } from './dto/checks.dto.js';
import { JamfChecksService } from './jamf-checks.service.js';

const PAGE = 100;

@ApiTags('jamf')
@AdminApi('jamf/checks')
@Roles('admin')
export class JamfChecksController {
  constructor(private readonly checks: JamfChecksService) {}

  @Get()
  @Roles('viewer')
  @ApiOperation({ operationId: 'listJamfChecks', summary: 'What computers get that download by a distribution point, as last tried' })
  @ApiOkResponse({ type: JamfChecksDto })
  @ApiProblems(400, 401, 403, 404)
  async list(@Query() { limit = PAGE, cursor = 0, ...filter }: ListJamfChecksDto): Promise<JamfChecksDto> {
    return JamfChecksDto.from(await this.checks.list(filter, cursor, limit), limit);
  }

  @Post()
  @HttpCode(202)
  @ApiOperation({ operationId: 'checkAsClient', summary: 'Download by distribution points now, as a computer would' })
  @ApiAcceptedResponse({ type: JamfChecksAskedDto })
  @ApiProblems(400, 401, 403, 404, 409)
  async ask(@Body() body: AskJamfChecksDto): Promise<JamfChecksAskedDto> {
    return { downloads: await this.checks.ask(askedOf(body)) };
  }
}
