import { Body, Delete, Get, HttpCode, Param, Patch, Post, Query } from '@nestjs/common';
import { ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiParam } from '@nestjs/swagger';
import { AdminApi } from '#libs/accounts/admin-api.decorator.js';
import { Roles } from '#libs/accounts/roles.decorator.js';
import { ApiProblems } from '#libs/platform/errors/api-problems.js';
import {
  ConfirmDto,
  ListPackagesDto,
  PackageDetailDto,
  PackageDto,
  PackageListDto,
  UpdatePackageDto,
  VerifyDto,
} from './dto/package.dto.js';
import { filenameKey } from './filename.js';
import { PackagesService } from './packages.service.js';
import { VerificationService } from './verification.service.js';

const ByIdOrName = () => ApiParam({ name: 'id_or_name', type: String, example: 'NoMAD.pkg', description: 'Database id or filename.' });
const PAGE = 100;

@AdminApi('packages')
export class PackagesController {
  constructor(
    private readonly packages: PackagesService,
    private readonly verification: VerificationService,
  ) {}

  @Get()
  @ApiOperation({ operationId: 'listPackages', summary: 'The packages of this server: filtered, sorted, in pages' })
  @ApiOkResponse({ type: PackageListDto })
  @ApiProblems(400, 401, 403)
  async list(@Query() { filename, stage, status, q, sort = 'filename', limit = PAGE, cursor }: ListPackagesDto): Promise<PackageListDto> {
    const names = { ...(filename ? { filenameKey: filenameKey(filename) } : {}), ...(q ? { contains: filenameKey(q) } : {}) };
    const filter = { ...names, ...(stage ? { stage } : {}), ...(status ? { status } : {}) };
    const { rows, total, next } = await this.packages.list(filter, sort, limit, cursor);
    return { items: rows.map((row) => PackageDto.from(row)), total, next };
  }

  @Get(':id_or_name')
  @ByIdOrName()
  @ApiOperation({ operationId: 'getPackage', summary: 'One package, with the hashes of its 1 MiB blocks' })
  @ApiOkResponse({ type: PackageDetailDto })
  @ApiProblems(401, 403, 404)
  async get(@Param('id_or_name') idOrName: string): Promise<PackageDetailDto> {
    const { row, manifest } = await this.packages.getWithManifest(idOrName);
    return PackageDetailDto.withChunks(row, manifest);
  }

  @Patch(':id_or_name')
  @Roles('publisher')
  @ByIdOrName()
  @ApiOperation({ operationId: 'updatePackage', summary: 'Promote, demote or annotate a package, on every server' })
  @ApiOkResponse({ type: PackageDto })
  @ApiProblems(400, 401, 403, 404, 409)
  async update(
    @Param('id_or_name') idOrName: string,
    @Body() change: UpdatePackageDto,
    @Query() { confirm }: ConfirmDto,
  ): Promise<PackageDto> {
    return PackageDto.from(await this.packages.update(idOrName, change, confirm === 'true'));
  }

  @Delete(':id_or_name')
  @Roles('publisher')
  @HttpCode(204)
  @ByIdOrName()
  @ApiOperation({ operationId: 'deletePackage', summary: 'Delete a package on every server; it stays restorable for the retention time' })
  @ApiNoContentResponse()
  @ApiProblems(400, 401, 403, 404, 409)
  remove(@Param('id_or_name') idOrName: string, @Query() { confirm }: ConfirmDto): Promise<void> {
    return this.packages.remove(idOrName, confirm === 'true');
  }

  @Post(':id_or_name/verify')
  @Roles('publisher')
  @HttpCode(200)
  @ByIdOrName()
  @ApiOperation({ operationId: 'verifyPackage', summary: 'Read the content on disk again and compare its SHA-256' })
  @ApiOkResponse({ type: VerifyDto })
  @ApiProblems(401, 403, 404, 409)
  async verify(@Param('id_or_name') idOrName: string): Promise<VerifyDto> {
    const { isIntact, row } = await this.verification.verify(idOrName);
    return { intact: isIntact, package: PackageDto.from(row) };
  }

  @Post(':id_or_name/restore')
  @Roles('publisher')
  @HttpCode(200)
  @ByIdOrName()
  @ApiOperation({ operationId: 'restorePackage', summary: 'Bring back the newest earlier version of a package that this server still has' })
  @ApiOkResponse({ type: PackageDto })
  @ApiProblems(401, 403, 404, 409)
  async restore(@Param('id_or_name') idOrName: string): Promise<PackageDto> {
    return PackageDto.from(await this.packages.restore(idOrName));
  }
}
