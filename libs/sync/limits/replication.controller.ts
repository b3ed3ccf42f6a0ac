import { Body, Get, Patch } from '@nestjs/common';
import { ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { AdminApi } from '#libs/platform/admin-api/admin-api.decorator.js';
import { Roles } from '#libs/platform/admin-api/roles.decorator.js';
import { ApiProblems } from '#libs/platform/errors/api-problems.js';
import { ReplicationDto, UpdateReplicationDto } from './replication.dto.js';
import { type Limits, ReplicationLimits } from './replication-limits.js';

@AdminApi('replication')
export class ReplicationController {
  constructor(private readonly limits: ReplicationLimits) {}

  @Get()
  @ApiOperation({ operationId: 'getReplication', summary: 'What replication may use of the network, and when' })
  @ApiOkResponse({ type: ReplicationDto })
  @ApiProblems(401, 403)
  async get(): Promise<ReplicationDto> {
    return this.described(await this.limits.read());
  }

  @Patch()
  @Roles('admin')
  @ApiOperation({
    operationId: 'updateReplication',
    summary: 'Limit, pause or resume replication; takes effect at once, also for transfers under way',
  })
  @ApiOkResponse({ type: ReplicationDto })
  @ApiProblems(400, 401, 403)
  async update(@Body() change: UpdateReplicationDto): Promise<ReplicationDto> {
    return this.described(await this.limits.update(change.toLimits()));
  }

  private described(limits: Limits): ReplicationDto {
    return ReplicationDto.from(limits, this.limits.suspensionOf(limits));
  }
}
