import { Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { AdminApi } from '#libs/platform/admin-api/admin-api.decorator.js';
import { Roles } from '#libs/platform/admin-api/roles.decorator.js';
import { ApiProblems } from '#libs/platform/errors/api-problems.js';
import { RowIdPipe } from '#libs/platform/http/row-id.pipe.js';
import { TransferDetailDto, TransferDto, TransferListDto } from './transfer.dto.js';
import { ListTransfersDto, statesOf, transferCursor, transferPosition } from './list-transfers.dto.js';
import { TransfersService } from './transfers.service.js';

const PAGE = 200;

@AdminApi('transfers')
export class TransfersController {
  constructor(private readonly transfers: TransfersService) {}

  @Get()
  @ApiOperation({ operationId: 'listTransfers', summary: 'Packages on their way to this server and recent arrivals, in pages' })
  @ApiOkResponse({ type: TransferListDto })
  @ApiProblems(400, 401, 403)
  async list(@Query() { state, uuid, limit = PAGE, cursor }: ListTransfersDto): Promise<TransferListDto> {
    const filter = { ...(state ? { states: statesOf(state) } : {}), ...(uuid ? { uuid } : {}) };
    const { rows, total, last } = await this.transfers.list(filter, cursor ? transferPosition(cursor) : null, limit);
    const names = await this.transfers.sourceNames();
    const now = Date.now();
    return { items: rows.map((transfer) => TransferDto.from(transfer, names, now)), total, next: last && transferCursor(last) };
  }

  @Get(':id')
  @ApiOperation({ operationId: 'getTransfer', summary: 'One transfer, with the blocks that are here by now' })
  @ApiOkResponse({ type: TransferDetailDto })
  @ApiProblems(400, 401, 403, 404)
  async get(@Param('id', RowIdPipe) id: number): Promise<TransferDetailDto> {
    return TransferDetailDto.withBlocks(await this.transfers.get(id), await this.transfers.sourceNames(), Date.now());
  }

  @Post(':id/retry')
  @Roles('publisher')
  @HttpCode(200)
  @ApiOperation({ operationId: 'retryTransfer', summary: 'Go on with a transfer now' })
  @ApiOkResponse({ type: TransferDto })
  @ApiProblems(400, 401, 403, 404, 409)
  async retry(@Param('id', RowIdPipe) id: number): Promise<TransferDto> {
    return TransferDto.from(await this.transfers.retry(id), await this.transfers.sourceNames(), Date.now());
  }

  @Post(':id/cancel')
  @Roles('publisher')
  @HttpCode(200)
  @ApiOperation({ operationId: 'cancelTransfer', summary: 'Stop a transfer until it is retried' })
  @ApiOkResponse({ type: TransferDto })
  @ApiProblems(400, 401, 403, 404, 409)
  async cancel(@Param('id', RowIdPipe) id: number): Promise<TransferDto> {
    return TransferDto.from(await this.transfers.cancel(id), await this.transfers.sourceNames(), Date.now());
  }
}
