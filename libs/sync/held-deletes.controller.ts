import { Body, Get, HttpCode, Post } from '@nestjs/common';
import { ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { AdminApi } from '#libs/accounts/admin-api.decorator.js';
import { Roles } from '#libs/accounts/roles.decorator.js';
import { ApiProblems } from '#libs/platform/errors/api-problems.js';
import { DecidedDto, DecideHeldDeletesDto, HeldDeleteDto, HeldDeleteListDto } from './dto/held-delete.dto.js';
import { HeldDeletesService } from './held-deletes.service.js';

const SHOWN = 500;

@AdminApi('held_deletes')
export class HeldDeletesController {
  constructor(private readonly held: HeldDeletesService) {}

  @Get()
  @ApiOperation({ operationId: 'listHeldDeletes', summary: 'Mass deletes told by other servers that wait for a decision' })
  @ApiOkResponse({ type: HeldDeleteListDto })
  @ApiProblems(401, 403)
  async list(): Promise<HeldDeleteListDto> {
    const { items, total, peerNames } = await this.held.list(SHOWN);
    return { items: items.map((item) => HeldDeleteDto.from(item, peerNames)), total };
  }

  @Post('apply')
  @Roles('admin')
  @HttpCode(200)
  @ApiOperation({ operationId: 'applyHeldDeletes', summary: 'Carry out deletes that were held' })
  @ApiOkResponse({ type: DecidedDto })
  @ApiProblems(400, 401, 403)
  async apply(@Body() { filenames }: DecideHeldDeletesDto): Promise<DecidedDto> {
    return { count: await this.held.apply(filenames) };
  }

  @Post('reject')
  @Roles('admin')
  @HttpCode(200)
  @ApiOperation({ operationId: 'rejectHeldDeletes', summary: 'Keep the packages, and bring them back on every server' })
  @ApiOkResponse({ type: DecidedDto })
  @ApiProblems(400, 401, 403)
  async reject(@Body() { filenames }: DecideHeldDeletesDto): Promise<DecidedDto> {
    return { count: await this.held.reject(filenames) };
  }
}
