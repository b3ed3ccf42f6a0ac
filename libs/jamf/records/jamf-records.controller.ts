import { Body, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { AdminApi } from '#libs/platform/admin-api/admin-api.decorator.js';
import { Roles } from '#libs/platform/admin-api/roles.decorator.js';
import { ApiProblems } from '#libs/platform/errors/api-problems.js';
import { RowIdPipe } from '#libs/platform/http/row-id.pipe.js';
import {
  JamfRecordDetailDto,
  JamfRecordDto,
  JamfRecordListDto,
  ListJamfRecordsDto,
  ReleaseJamfRecordDto,
  ResolveJamfRecordDto,
} from './dto/record.dto.js';
import { JamfRecordsService } from './jamf-records.service.js';

const PAGE = 100;
const ById = () => ApiParam({ name: 'id', type: Number, example: 1 });

@ApiTags('jamf')
@AdminApi('jamf/records')
@Roles('admin')
export class JamfRecordsController {
  constructor(private readonly records: JamfRecordsService) {}

  @Get()
  @Roles('viewer')
  @ApiOperation({ operationId: 'listJamfRecords', summary: 'Packages and their records in Jamf Pro, as they were last compared' })
  @ApiOkResponse({ type: JamfRecordListDto })
  @ApiProblems(400, 401, 403)
  async list(@Query() { limit = PAGE, cursor = 0, ...filter }: ListJamfRecordsDto): Promise<JamfRecordListDto> {
    const { items, total } = await this.records.list(filter, cursor, limit);
    return { items: items.map(JamfRecordDto.from), total, next: items.length < limit ? null : String(items.at(-1)!.id) };
  }

  @Get(':id')
  @Roles('viewer')
  @ById()
  @ApiOperation({ operationId: 'getJamfRecord', summary: 'One record, field by field, as it is in Jamf Pro now' })
  @ApiOkResponse({ type: JamfRecordDetailDto })
  @ApiProblems(400, 401, 403, 404)
  async get(@Param('id', RowIdPipe) id: number): Promise<JamfRecordDetailDto> {
    return JamfRecordDetailDto.detailed(await this.records.get(id));
  }

  @Post(':id/resolve')
  @HttpCode(200)
  @ById()
  @ApiOperation({ operationId: 'resolveJamfRecord', summary: 'Decide about a record that was changed or deleted in Jamf Pro' })
  @ApiOkResponse({ type: JamfRecordDto })
  @ApiProblems(400, 401, 403, 404, 409, 502)
  async resolve(@Param('id', RowIdPipe) id: number, @Body() { use }: ResolveJamfRecordDto): Promise<JamfRecordDto> {
    return JamfRecordDto.from(await this.records.resolve(id, use));
  }

  @Post(':id/release')
  @HttpCode(200)
  @ById()
  @ApiOperation({ operationId: 'releaseJamfRecord', summary: 'Let fields that were edited in Jamf Pro follow the rules again' })
  @ApiOkResponse({ type: JamfRecordDto })
  @ApiProblems(400, 401, 403, 404, 409, 502)
  async release(@Param('id', RowIdPipe) id: number, @Body() { fields }: ReleaseJamfRecordDto): Promise<JamfRecordDto> {
    return JamfRecordDto.from(await this.records.release(id, fields));
  }
}
