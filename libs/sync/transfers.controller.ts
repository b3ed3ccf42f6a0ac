import { Get, HttpCode, Param, Post } from '@nestjs/common';
import { ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { AdminApi } from '#libs/accounts/admin-api.decorator.js';
import { Roles } from '#libs/accounts/roles.decorator.js';
import { ApiProblems } from '#libs/platform/errors/api-problems.js';
import { RowIdPipe } from '#libs/platform/http/row-id.pipe.js';
import { TransferDetailDto, TransferDto, TransferListDto } from './dto/transfer.dto.js';
import { TransfersService } from './transfers.service.js';

const SHOWN = 200;

@AdminApi('transfers')
export class TransfersController {
  constructor(private readonly transfers: TransfersService) {}

  @Get()
  @ApiOperation({ operationId: 'listTransfers', summary: 'Packages on their way to this server, and those that arrived lately' })
  @ApiOkResponse({ type: TransferListDto })
  @ApiProblems(401, 403)
  async list(): Promise<TransferListDto> {
    const names = await this.transfers.sourceNames();
    const now = Date.now();
    return { items: (await this.transfers.list(SHOWN)).map((transfer) => TransferDto.from(transfer, names, now)) };
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
