import { Delete, Get, HttpCode, Param, Query } from '@nestjs/common';
import { ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiParam } from '@nestjs/swagger';
import { AdminApi } from '#libs/platform/admin-api/admin-api.decorator.js';
import { Roles } from '#libs/platform/admin-api/roles.decorator.js';
import { ApiProblems } from '#libs/platform/errors/api-problems.js';
import { NetworkPackagesDto, PackageServersDto } from './dto/network-package.dto.js';
import { ListNetworkPackagesDto, NetworkDto } from './dto/network.dto.js';
import { NetworkService } from './network.service.js';

const PAGE = 50;

@AdminApi('network')
export class NetworkController {
  constructor(private readonly network: NetworkService) {}

  @Get()
  @ApiOperation({ operationId: 'getNetwork', summary: 'Every known server of the mesh, and whether it has all that belongs there' })
  @ApiOkResponse({ type: NetworkDto })
  @ApiProblems(401, 403)
  async get(): Promise<NetworkDto> {
    return NetworkDto.from(await this.network.view());
  }

  @Get('packages')
  @ApiOperation({ operationId: 'listNetworkPackages', summary: 'Which package is on which server of the mesh, in pages' })
  @ApiOkResponse({ type: NetworkPackagesDto })
  @ApiProblems(400, 401, 403)
  async packages(@Query() { state = 'incomplete', limit = PAGE, cursor = '0' }: ListNetworkPackagesDto): Promise<NetworkPackagesDto> {
    const { rows, next } = await this.network.matrix(state === 'incomplete', Number(cursor), limit);
    return { items: rows.map((row) => PackageServersDto.from(row)), next: next === null ? null : String(next) };
  }

  @Delete(':iss')
  @HttpCode(204)
  @Roles('admin')
  @ApiParam({ name: 'iss', type: String, example: 'e7becdda9a9046f6a78f69ef591e9835', description: 'ISS ID of the server.' })
  @ApiOperation({ operationId: 'forgetServer', summary: 'Show a server no more that is not registered here, until it speaks again' })
  @ApiNoContentResponse()
  @ApiProblems(400, 401, 403, 404, 409)
  forget(@Param('iss') iss: string): Promise<void> {
    return this.network.forget(iss);
  }
}
