import { Get, Param, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiParam } from '@nestjs/swagger';
import { AdminApi } from '#libs/platform/admin-api/admin-api.decorator.js';
import { AddressDto } from '#libs/packages/dto/package.dto.js';
import { ApiProblems } from '#libs/platform/errors/api-problems.js';
import { PackageServersDto } from './dto/network-package.dto.js';
import { NetworkService } from './network.service.js';

@AdminApi('packages')
export class PackageServersController {
  constructor(private readonly network: NetworkService) {}

  @Get(':id_or_name/servers')
  @ApiParam({
    name: 'id_or_name',
    type: String,
    example: 'NoMAD.pkg',
    description: 'Filename, or database id where no package has that name; `by` says which.',
  })
  @ApiOperation({ operationId: 'listPackageServers', summary: 'Where a package is in the mesh, and why it is not where it is not' })
  @ApiOkResponse({ type: PackageServersDto })
  @ApiProblems(400, 401, 403, 404)
  async list(@Param('id_or_name') text: string, @Query() { by }: AddressDto): Promise<PackageServersDto> {
    return PackageServersDto.from(await this.network.placesOf({ text, by }));
  }
}
