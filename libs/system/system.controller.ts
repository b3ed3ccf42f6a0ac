import { Get } from '@nestjs/common';
import { ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { AdminApi } from '#libs/platform/admin-api/admin-api.decorator.js';
import { ApiProblems } from '#libs/platform/errors/api-problems.js';
import { SystemDto } from './dto/system.dto.js';
import { SystemService } from './system.service.js';

@AdminApi('system')
export class SystemController {
  constructor(private readonly system: SystemService) {}

  @Get()
  @ApiOperation({
    operationId: 'getSystem',
    summary: 'Processors, memory, disk, network and uptime of this server',
  })
  @ApiOkResponse({ type: SystemDto })
  @ApiProblems(401, 403)
  async get(): Promise<SystemDto> {
    return SystemDto.from(await this.system.snapshot());
  }
}
