import { Body, Get, HttpCode, Post } from '@nestjs/common';
import { ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { AdminApi } from '#libs/platform/admin-api/admin-api.decorator.js';
import { Roles } from '#libs/platform/admin-api/roles.decorator.js';
import { LimitBody } from '#libs/platform/http/bodies/body-limits.js';
import { ApiProblems } from '#libs/platform/errors/api-problems.js';
import { DecidedDto, DecideHeldChangesDto, HeldChangeDto, HeldChangeListDto } from './held-change.dto.js';
import { HeldChangesService } from './held-changes.service.js';

const SHOWN = 500;
/** A thousand names of 255 characters. */
const NAMES_BODY = { maxBytes: 2 ** 20, maxItems: 1_000 };

async function listOf(held: HeldChangesService): Promise<HeldChangeListDto> {
  const { items, total, peerNames } = await held.list(SHOWN);
  return { items: items.map((item) => HeldChangeDto.from(item, peerNames)), total };
}

@AdminApi('held_changes')
export class HeldChangesController {
  constructor(private readonly held: HeldChangesService) {}

  @Get()
  @ApiOperation({ operationId: 'listHeldChanges', summary: 'Destructive changes of other servers that wait for a decision' })
  @ApiOkResponse({ type: HeldChangeListDto })
  @ApiProblems(401, 403)
  list(): Promise<HeldChangeListDto> {
    return listOf(this.held);
  }

  @Post('apply')
  @Roles('admin')
  @HttpCode(200)
  @ApiOperation({ operationId: 'applyHeldChanges', summary: 'Carry out changes that were held' })
  @ApiOkResponse({ type: DecidedDto })
  @ApiProblems(400, 401, 403)
  @LimitBody(NAMES_BODY)
  async apply(@Body() { filenames }: DecideHeldChangesDto): Promise<DecidedDto> {
    return { count: await this.held.apply(filenames) };
  }

  @Post('reject')
  @Roles('admin')
  @HttpCode(200)
  @ApiOperation({ operationId: 'rejectHeldChanges', summary: 'Keep the packages as they are here, on every server' })
  @ApiOkResponse({ type: DecidedDto })
  @ApiProblems(400, 401, 403)
  @LimitBody(NAMES_BODY)
  async reject(@Body() { filenames }: DecideHeldChangesDto): Promise<DecidedDto> {
    return { count: await this.held.reject(filenames) };
  }
}

/** Scripts of the version before call it so. */
@AdminApi('held_deletes')
export class HeldDeletesController {
  constructor(private readonly held: HeldChangesService) {}

  @Get()
  @ApiOperation({
    operationId: 'listHeldDeletes',
    summary: 'Destructive changes of other servers that wait for a decision (the name of version 1 for held_changes)',
    deprecated: true,
  })
  @ApiOkResponse({ type: HeldChangeListDto })
  @ApiProblems(401, 403)
  list(): Promise<HeldChangeListDto> {
    return listOf(this.held);
  }

  @Post('apply')
  @Roles('admin')
  @HttpCode(200)
  @ApiOperation({
    operationId: 'applyHeldDeletes',
    summary: 'Carry out changes that were held (the name of version 1 for held_changes)',
    deprecated: true,
  })
  @ApiOkResponse({ type: DecidedDto })
  @ApiProblems(400, 401, 403)
  @LimitBody(NAMES_BODY)
  async apply(@Body() { filenames }: DecideHeldChangesDto): Promise<DecidedDto> {
    return { count: await this.held.apply(filenames) };
  }

  @Post('reject')
  @Roles('admin')
  @HttpCode(200)
  @ApiOperation({
    operationId: 'rejectHeldDeletes',
    summary: 'Keep the packages as they are here, on every server (the name of version 1 for held_changes)',
    deprecated: true,
  })
  @ApiOkResponse({ type: DecidedDto })
  @ApiProblems(400, 401, 403)
  @LimitBody(NAMES_BODY)
  async reject(@Body() { filenames }: DecideHeldChangesDto): Promise<DecidedDto> {
    return { count: await this.held.reject(filenames) };
  }
}
