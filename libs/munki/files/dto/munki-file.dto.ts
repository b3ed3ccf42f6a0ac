import { ApiProperty, ApiPropertyOptional, PickType } from '@nestjs/swagger';
import { Transform, Type } from 'class-transformer';
import { IsBoolean, IsIn, IsInt, IsOptional, IsString, Max, MaxLength, Min } from 'class-validator';
import { type Package, type PackageStatus, packageStatuses } from '#libs/entities/package.entity.js';
import { munkiFolders } from '#libs/packages/filename.js';
import { unixSeconds } from '#libs/platform/format/dates.js';
import { MUNKI_PREFIX } from '#libs/replication/space.js';
import { RestoreDto } from '#libs/packages/dto/package-version.dto.js';
import { asBoolean, RawUploadQueryDto } from '#libs/upload/dto/raw-upload.dto.js';
import type { FilePage } from '../munki-files.service.js';

export class ListMunkiFilesDto {
  @ApiPropertyOptional({ enum: munkiFolders, example: 'pkgsinfo', description: 'Only files of this folder.' })
  @IsOptional()
  @IsIn(munkiFolders)
  kind?: (typeof munkiFolders)[number];

  @ApiPropertyOptional({ example: 'firefox', maxLength: 255, description: 'Part of a path.' })
  @IsOptional()
  @IsString()
  @MaxLength(255)
  q?: string;

  @ApiPropertyOptional({
    type: Boolean,
    example: false,
    description: 'Deleted files of which a version can be restored, instead of those that are there.',
  })
  @IsOptional()
  @Transform(asBoolean)
  @IsBoolean({ message: 'deleted must be true or false' })
  deleted?: boolean;

  @ApiPropertyOptional({ example: 100, minimum: 1, maximum: 1_000, default: 100 })
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(1_000)
  limit?: number;

  @ApiPropertyOptional({ description: '`next` of the page before.', example: 'bXVua2kvcGtncy9hLnBrZw' })
  @IsOptional()
  @IsString()
  @MaxLength(1_500)
  cursor?: string;
}

export class PutMunkiFileDto extends PickType(RawUploadQueryDto, ['confirm', 'sha256'] as const) {}

export class RestoreMunkiFileDto extends PickType(RestoreDto, ['uuid'] as const) {}

export class DeleteMunkiFileDto extends PickType(RawUploadQueryDto, ['confirm'] as const) {}

export class MunkiFileDto {
  @ApiProperty({ example: 'pkgsinfo/apps/Firefox-128.0.plist' }) path!: string;
  @ApiProperty({ example: 1_893, description: 'Bytes.' }) size!: number;
  @ApiProperty({ example: 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855' }) sha256!: string;
  @ApiProperty({ enum: packageStatuses, example: 'Public', description: 'What this server has of it.' }) status!: PackageStatus;
  @ApiProperty({ example: 1_510_289_200, description: 'Unix time when this content was uploaded.' }) created_ts!: number;

  static from({ filename, size, sha256, status, createdMs }: Package): MunkiFileDto {
    return { path: filename.slice(MUNKI_PREFIX.length), size, sha256, status, created_ts: unixSeconds(createdMs) };
  }
}

export class MunkiFilesDto {
  @ApiProperty({ type: [MunkiFileDto] }) items!: MunkiFileDto[];
  @ApiProperty({ type: String, nullable: true, example: null, description: 'For the next page; null at the end.' })
  next!: string | null;

  static from({ rows, next }: FilePage): MunkiFilesDto {
    return { items: rows.map((row) => MunkiFileDto.from(row)), next };
  }
}
