import { Body, Get, HttpCode, Param, Post, Put } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { AdminApi } from '#libs/platform/admin-api/admin-api.decorator.js';
import { Roles } from '#libs/platform/admin-api/roles.decorator.js';
import { ApiProblems } from '#libs/platform/errors/api-problems.js';
import { JamfPointDto, JamfPointsDto, pointSettingsOf, SetJamfPointDto } from './dto/points.dto.js';
import { JamfPointsService } from './jamf-points.service.js';

const ByIss = () => ApiParam({ name: 'iss', example: '28f7adde4f674873807a4c8c69b641d0', description: 'ISS ID of the server.' });

@ApiTags('jamf')
@AdminApi('jamf/distribution_points')
@Roles('admin')
export class JamfPointsController {
  constructor(private readonly points: JamfPointsService) {}

  @Get()
  @Roles('viewer')
  @ApiOperation({
    operationId: 'listJamfDistributionPoints',
    summary: 'Servers and their distribution points in Jamf Pro, as last compared',
  })
  @ApiOkResponse({ type: JamfPointsDto })
  @ApiProblems(401, 403, 404)
  async list(): Promise<JamfPointsDto> {
    return JamfPointsDto.from(await this.points.overview());
  }

  @Put(':iss')
  @ByIss()
  @ApiOperation({ operationId: 'setJamfDistributionPoint', summary: 'Say whether and how the distribution point of one server is kept' })
  @ApiOkResponse({ type: JamfPointDto })
  @ApiProblems(400, 401, 403, 404)
  async set(@Param('iss') iss: string, @Body() body: SetJamfPointDto): Promise<JamfPointDto> {
    return JamfPointDto.from(await this.points.set(iss, pointSettingsOf(body)));
  }

  @Post(':iss/overwrite')
  @HttpCode(200)
  @ByIss()
  @ApiOperation({
    operationId: 'overwriteJamfDistributionPoint',
    summary: 'Have a distribution point that was changed or deleted in Jamf Pro written again',
  })
  @ApiOkResponse({ type: JamfPointDto })
  @ApiProblems(400, 401, 403, 404, 409, 502)
  async overwrite(@Param('iss') iss: string): Promise<JamfPointDto> {
    return JamfPointDto.from(await this.points.overwrite(iss));
  }
}
