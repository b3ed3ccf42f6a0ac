import { Get, Query, StreamableFile } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProduces } from '@nestjs/swagger';
import { Readable } from 'node:stream';
import { AdminApi } from '#libs/platform/admin-api/admin-api.decorator.js';
import { Roles } from '#libs/platform/admin-api/roles.decorator.js';
import { ApiProblems } from '#libs/platform/errors/api-problems.js';
import { exportTypes } from './audit-export.js';
import { AuditLogService } from './audit-log.service.js';
import { AuditEventDto, AuditListDto, ExportAuditDto, ListAuditDto } from './dto/audit.dto.js';

const PAGE = 100;

@AdminApi('audit')
@Roles('admin')
export class AuditLogController {
  constructor(private readonly log: AuditLogService) {}

  @Get()
  @ApiOperation({ operationId: 'listAudit', summary: 'Who did what, when and from where: filtered, newest first, in pages' })
  @ApiOkResponse({ type: AuditListDto })
  @ApiProblems(400, 401, 403)
  async list(@Query() { limit = PAGE, cursor, ...input }: ListAuditDto): Promise<AuditListDto> {
    const { events, next } = await this.log.list(input, limit, cursor);
    return { items: events.map((event) => AuditEventDto.from(event)), next };
  }

  @Get('export')
  @ApiOperation({ operationId: 'exportAudit', summary: 'The same as a file, without pages' })
  @ApiProduces('text/csv', 'application/jsonl')
  @ApiOkResponse({ schema: { type: 'string', format: 'binary' } })
  @ApiProblems(400, 401, 403)
  export(@Query() { format, ...input }: ExportAuditDto): StreamableFile {
    const lines = Readable.from(this.log.export(format, input), { objectMode: false });
    return new StreamableFile(lines, { type: exportTypes[format], disposition: `attachment; filename="audit.${format}"` });
  }
}
