import { Delete, Get, HttpCode, Param } from '@nestjs/common';
import { ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiParam } from '@nestjs/swagger';
import { AdminApi } from '#libs/platform/admin-api/admin-api.decorator.js';
import { Roles } from '#libs/platform/admin-api/roles.decorator.js';
import { ApiProblems } from '#libs/platform/errors/api-problems.js';
import { BlockedServerDto, BlockedServerListDto } from '../dto/blocked-server.dto.js';
import { BlockList } from './block-list.js';

@AdminApi('blocked_servers')
export class BlockedServersController {
  constructor(private readonly blocked: BlockList) {}

  @Get()
  @ApiOperation({ operationId: 'listBlockedServers', summary: 'Servers that were unregistered here and cannot register again' })
  @ApiOkResponse({ type: BlockedServerListDto })
  @ApiProblems(401, 403)
  async list(): Promise<BlockedServerListDto> {
    return { items: (await this.blocked.list()).map((server) => BlockedServerDto.from(server)) };
  }

  @Delete(':iss')
  @HttpCode(204)
  @Roles('admin')
  @ApiParam({ name: 'iss', type: String, example: 'e7becdda9a9046f6a78f69ef591e9835', description: 'ISS ID of the server.' })
  @ApiOperation({ operationId: 'unblockServer', summary: 'Let a server register again that was unregistered here' })
  @ApiNoContentResponse()
  @ApiProblems(401, 403, 404)
  unblock(@Param('iss') iss: string): Promise<void> {
    return this.blocked.remove(iss.replaceAll('\0', ''));
  }
}
