import { Get, Param } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiParam } from '@nestjs/swagger';
import { AdminApi } from '#libs/accounts/admin-api.decorator.js';
import { ApiProblems } from '#libs/platform/errors/api-problems.js';
import { PackageServersDto } from './dto/network-package.dto.js';
import { NetworkService } from './network.service.js';

@AdminApi('packages')
export class PackageServersController {
  constructor(private readonly network: NetworkService) {}

  @Get(':id_or_name/servers')
  @ApiParam({ name: 'id_or_name', type: String, example: 'NoMAD.pkg', description: 'Database id or filename.' })
  @ApiOperation({ operationId: 'listPackageServers', summary: 'Where a package is in the mesh, and why it is not where it is not' })
  @ApiOkResponse({ type: PackageServersDto })
  @ApiProblems(401, 403, 404)
  async list(@Param('id_or_name') idOrName: string): Promise<PackageServersDto> {
    return PackageServersDto.from(await this.network.placesOf(idOrName));
  }
}
