import { Get, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { AdminApi } from '#libs/platform/admin-api/admin-api.decorator.js';
import { Roles } from '#libs/platform/admin-api/roles.decorator.js';
import { ApiProblems } from '#libs/platform/errors/api-problems.js';
import { JamfNetworksDto, WhichServerQueryDto } from './dto/networks.dto.js';
import { JamfNetworksService } from './jamf-networks.service.js';

@ApiTags('jamf')
@AdminApi('jamf/networks')
@Roles('viewer')
export class JamfNetworksController {
  constructor(private readonly networks: JamfNetworksService) {}

  @Get()
  @ApiOperation({ operationId: 'listJamfNetworks', summary: 'Network segments of Jamf Pro, and which server a computer uses' })
  @ApiOkResponse({ type: JamfNetworksDto })
  @ApiProblems(400, 401, 403, 404)
  async list(@Query() { ip }: WhichServerQueryDto): Promise<JamfNetworksDto> {
    return JamfNetworksDto.from(await this.networks.overview(ip), ip);
  }
}
