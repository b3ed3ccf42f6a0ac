import { Get, HttpCode, Param, Post } from '@nestjs/common';
import { ApiNoContentResponse, ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { AdminApi } from '#libs/platform/admin-api/admin-api.decorator.js';
import { Roles } from '#libs/platform/admin-api/roles.decorator.js';
import { ApiProblems } from '#libs/platform/errors/api-problems.js';
import { RowIdPipe } from '#libs/platform/http/row-id.pipe.js';
import { RefusedWriteDto, RefusedWriteListDto } from './dto/trust.dto.js';
import { RefusedWritesService } from './refused-writes.service.js';

const SHOWN = 200;

@AdminApi('refused_writes')
export class RefusedWritesController {
  constructor(private readonly refused: RefusedWritesService) {}

  @Get()
  @ApiOperation({
    operationId: 'listRefusedWrites',
    summary: 'What registered servers sent and this server did not accept, with the reason',
  })
  @ApiOkResponse({ type: RefusedWriteListDto })
  @ApiProblems(401, 403)
  async list(): Promise<RefusedWriteListDto> {
    const { items, total } = await this.refused.list(SHOWN);
    return { items: items.map((row) => RefusedWriteDto.from(row)), total };
  }

  @Post(':id/accept')
  @HttpCode(204)
  @Roles('admin')
  @ApiOperation({ operationId: 'acceptRefusedWrite', summary: 'Accept a write that its author has no right to' })
  @ApiNoContentResponse()
  @ApiProblems(400, 401, 403, 404, 409)
  accept(@Param('id', RowIdPipe) id: number): Promise<void> {
    return this.refused.accept(id);
  }
}
