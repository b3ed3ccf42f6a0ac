import { Body, Delete, Get, HttpCode, Param, Patch, Post, Query } from '@nestjs/common';
import { ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiParam } from '@nestjs/swagger';
import { AdminApi } from '#libs/platform/admin-api/admin-api.decorator.js';
import { Roles } from '#libs/platform/admin-api/roles.decorator.js';
import { LimitBody } from '#libs/platform/http/bodies/body-limits.js';
import { ApiProblems } from '#libs/platform/errors/api-problems.js';
import {
  AddressDto,
  ConfirmDto,
  ConfirmUpdateDto,
  ListPackagesDto,
  PackageDetailDto,
  PackageDto,
  PackageListDto,
  UpdatePackageDto,
  VerifyDto,
} from './dto/package.dto.js';
import { PackageFacts } from './titles/package-facts.js';
import { PackagesService } from './packages.service.js';
import { PackageVersionListDto, PackageVersionDto, RestoreDto } from './dto/package-version.dto.js';
import { PackageVersions } from './package-versions.service.js';
import { VerificationService } from './integrity/verification.service.js';

const ByIdOrName = () =>
  ApiParam({
    name: 'id_or_name',
    type: String,
    example: 'NoMAD.pkg',
    description: 'Filename, or database id where no package has that name; `by` says which.',
  });
const PAGE = 100;
/** The longest notes, every character of them escaped. */
const NOTES_BODY = { maxBytes: 64 * 2 ** 10, maxTextBytes: 48 * 2 ** 10 };

@AdminApi('packages')
export class PackagesController {
  constructor(
    private readonly packages: PackagesService,
    private readonly facts: PackageFacts,
    private readonly verification: VerificationService,
    private readonly versions: PackageVersions,
  ) {}

  @Get()
  @ApiOperation({ operationId: 'listPackages', summary: 'The packages of this server: filtered, sorted, in pages' })
  @ApiOkResponse({ type: PackageListDto })
  @ApiProblems(400, 401, 403)
  async list(@Query() query: ListPackagesDto): Promise<PackageListDto> {
    const { sort = 'filename', limit = PAGE, cursor } = query;
    const { rows, total, next } = await this.packages.list(query.toFilter(), sort, limit, cursor);
    const known = await this.facts.of(rows);
    return { items: rows.map((row) => PackageDto.from(row, known(row))), total, next };
  }

  @Get(':id_or_name')
  @ByIdOrName()
  @ApiOperation({ operationId: 'getPackage', summary: 'One package, with the hashes of its 1 MiB blocks' })
  @ApiOkResponse({ type: PackageDetailDto })
  @ApiProblems(400, 401, 403, 404)
  async get(@Param('id_or_name') text: string, @Query() { by }: AddressDto): Promise<PackageDetailDto> {
    const { row, manifest } = await this.packages.getWithManifest({ text, by });
    return PackageDetailDto.withChunks(row, manifest, (await this.facts.of([row]))(row));
  }

  @Get(':id_or_name/versions')
  @ByIdOrName()
  @ApiOperation({ operationId: 'listPackageVersions', summary: 'Versions of a package that were replaced, deleted or lost in a conflict' })
  @ApiOkResponse({ type: PackageVersionListDto })
  @ApiProblems(400, 401, 403, 404, 409)
  async listVersions(@Param('id_or_name') text: string, @Query() { by }: AddressDto): Promise<PackageVersionListDto> {
    const items = (await this.versions.list({ text, by })).map((version) => PackageVersionDto.from(version));
    return { items, retention_days: this.versions.retentionDays };
  }

  @Patch(':id_or_name')
  @Roles('publisher')
  @ByIdOrName()
  @ApiOperation({ operationId: 'updatePackage', summary: 'Promote, demote or annotate a package, on every server' })
  @ApiOkResponse({ type: PackageDto })
  @ApiProblems(400, 401, 403, 404, 409)
  @LimitBody(NOTES_BODY)
  async update(
    @Param('id_or_name') text: string,
    @Body() change: UpdatePackageDto,
    @Query() { by, ...consent }: ConfirmUpdateDto,
  ): Promise<PackageDto> {
    const { confirm, confirm_signer: confirmSigner } = consent;
    return PackageDto.from(
      await this.packages.update({ text, by }, change, { isMassChange: confirm === 'true', isSigner: confirmSigner === 'true' }),
    );
  }

  @Delete(':id_or_name')
  @Roles('publisher')
  @HttpCode(204)
  @ByIdOrName()
  @ApiOperation({ operationId: 'deletePackage', summary: 'Delete a package on every server; it stays restorable for the retention time' })
  @ApiNoContentResponse()
  @ApiProblems(400, 401, 403, 404, 409)
  remove(@Param('id_or_name') text: string, @Query() { by, confirm }: ConfirmDto): Promise<void> {
    return this.packages.remove({ text, by }, confirm === 'true');
  }

  @Post(':id_or_name/verify')
  @Roles('publisher')
  @HttpCode(200)
  @ByIdOrName()
  @ApiOperation({ operationId: 'verifyPackage', summary: 'Read the content on disk again and compare its SHA-256' })
  @ApiOkResponse({ type: VerifyDto })
  @ApiProblems(400, 401, 403, 404, 409)
  async verify(@Param('id_or_name') text: string, @Query() { by }: AddressDto): Promise<VerifyDto> {
    const { isIntact, row } = await this.verification.verify({ text, by });
    return { intact: isIntact, package: PackageDto.from(row) };
  }

  @Post(':id_or_name/restore')
  @Roles('publisher')
  @HttpCode(200)
  @ByIdOrName()
  @ApiOperation({ operationId: 'restorePackage', summary: 'Bring an earlier version of a package back, on every server' })
  @ApiOkResponse({ type: PackageDto })
  @ApiProblems(400, 401, 403, 404, 409)
  async restore(@Param('id_or_name') text: string, @Query() { by, uuid }: RestoreDto): Promise<PackageDto> {
    return PackageDto.from(await this.packages.restore({ text, by }, uuid));
  }
}
