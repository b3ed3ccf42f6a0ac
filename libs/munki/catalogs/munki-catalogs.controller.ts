import { Get } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { AdminApi } from '#libs/platform/admin-api/admin-api.decorator.js';
import { ApiProblems } from '#libs/platform/errors/api-problems.js';
import { MunkiCatalogsDto } from './dto/munki-catalogs.dto.js';
import { MunkiCatalogs } from './munki-catalogs.js';

@ApiTags('munki')
@AdminApi('munki/catalogs')
export class MunkiCatalogsController {
  constructor(private readonly catalogs: MunkiCatalogs) {}

  @Get()
  @ApiOperation({
    operationId: 'listMunkiCatalogs',
    summary: 'Catalogs of the Munki repository as this server has them, and pkginfo files with problems',
  })
  @ApiOkResponse({ type: MunkiCatalogsDto })
  @ApiProblems(401, 403)
  async list(): Promise<MunkiCatalogsDto> {
    return MunkiCatalogsDto.from(await this.catalogs.current());
  }
}
