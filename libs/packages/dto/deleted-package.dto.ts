import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsInt, IsOptional, IsString, Max, MaxLength, Min } from 'class-validator';
import { unixSeconds } from '#libs/platform/format/dates.js';
import { stages, type Stage } from '#libs/replication/stage.js';
import type { DeletedPackage, DeletedPackagePage } from '../deleted-packages.service.js';
import { PackageVersionDto } from './package-version.dto.js';

const SECONDS_PER_DAY = 86_400;

export class DeletedPackageDto {
  @ApiProperty({ example: 1 }) id!: number;
  @ApiProperty({ example: 'NoMAD.pkg' }) filename!: string;
  @ApiProperty({ enum: stages, example: 'Prod', description: 'What it had, and has again when it is restored.' }) stage!: Stage;
  @ApiProperty({ example: 1510370200, description: 'Unix time when this server learned of the deletion.' }) deleted_ts!: number;
  @ApiProperty({ example: 1511579800, description: 'Unix time until which it can be restored at this server.' })
  restorable_until_ts!: number;
  @ApiProperty({ type: PackageVersionDto, description: 'The newest version: send its uuid to restorePackage.' })
  version!: PackageVersionDto;

  static from({ row, version }: DeletedPackage, retentionDays: number): DeletedPackageDto {
    return {
      id: row.id,
      filename: row.filename,
      stage: row.stage,
      deleted_ts: unixSeconds(row.updatedMs),
      restorable_until_ts: unixSeconds(version.row.sinceMs) + retentionDays * SECONDS_PER_DAY,
      version: PackageVersionDto.from(version),
    };
  }
}

export class DeletedPackageListDto {
  @ApiProperty({ type: [DeletedPackageDto] }) items!: DeletedPackageDto[];
  @ApiProperty({ example: 1, description: 'Deleted packages that fit the filter, on all pages.' }) total!: number;
  @ApiProperty({
    type: String,
    nullable: true,
    example: null,
    description: 'Send it as `cursor` to get the next page; null on the last one.',
  })
  next!: string | null;
  @ApiProperty({ example: 14, description: 'How long deleted and replaced versions are kept, in days (RETENTION_DAYS).' })
  retention_days!: number;

  static from({ items, total, next }: DeletedPackagePage, retentionDays: number): DeletedPackageListDto {
    return { items: items.map((item) => DeletedPackageDto.from(item, retentionDays)), total, next, retention_days: retentionDays };
  }
}

export class ListDeletedPackagesDto {
  @ApiPropertyOptional({ example: 'nomad', description: 'Part of the name.' }) @IsOptional() @IsString() @MaxLength(255) q?: string;
  @ApiPropertyOptional({ default: 50, minimum: 1, maximum: 100 })
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(100)
  limit?: number;
  @ApiPropertyOptional({ description: '`next` of the page before.' }) @IsOptional() @IsString() @MaxLength(2_000) cursor?: string;
}
