import { Get, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { AdminApi } from '#libs/platform/admin-api/admin-api.decorator.js';
import { ApiProblems } from '#libs/platform/errors/api-problems.js';
import { DeletedPackages } from './deleted-packages.service.js';
import { DeletedPackageListDto, ListDeletedPackagesDto } from './dto/deleted-package.dto.js';
import { filenameKey } from './filename.js';
import { PackageVersions } from './package-versions.service.js';

const PAGE = 50;

/** Its path cannot be taken for the name of a package. */
@AdminApi('deleted_packages')
export class DeletedPackagesController {
  constructor(
    private readonly deleted: DeletedPackages,
    private readonly versions: PackageVersions,
  ) {}

  @Get()
  @ApiOperation({ operationId: 'listDeletedPackages', summary: 'Deleted packages that can still be restored, in pages' })
  @ApiOkResponse({ type: DeletedPackageListDto })
  @ApiProblems(400, 401, 403)
  async list(@Query() { q, limit = PAGE, cursor }: ListDeletedPackagesDto): Promise<DeletedPackageListDto> {
    const page = await this.deleted.list(q ? filenameKey(q) : undefined, limit, cursor);
    return DeletedPackageListDto.from(page, this.versions.retentionDays);
  }
}
