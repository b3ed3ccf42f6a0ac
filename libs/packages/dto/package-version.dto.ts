import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional, Matches } from 'class-validator';
import { unixSeconds } from '#libs/platform/format/dates.js';
import { type VersionReason, versionReasons } from '#libs/replication/displaced-versions.js';
import { AddressDto } from './package.dto.js';
import type { ListedVersion } from '../package-versions.service.js';

export class PackageVersionDto {
  @ApiProperty({ example: 'NoMAD.pkg' }) filename!: string;
  @ApiProperty({ example: '28f7adde4f674873807a4c8c69b641d0' }) uuid!: string;
  @ApiProperty({ example: 3438044, description: 'Bytes.' }) file_size!: number;
  @ApiProperty({ type: String, nullable: true, example: 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855' })
  sha256!: string | null;
  @ApiProperty({ example: 1510370154, description: 'Unix time of the upload.' }) created_ts!: number;
  @ApiProperty({ example: 'e7becdda9a9046f6a78f69ef591e9835', description: 'ISS ID of the server that put it into force.' })
  author_iss!: string;
  @ApiProperty({ enum: versionReasons, example: 'replaced', description: 'conflict: the author of what is in force had not seen it.' })
  reason!: VersionReason;
  @ApiProperty({ example: 1510370200, description: 'Unix time since when it is not in force, as this server knows it.' })
  since_ts!: number;
  @ApiProperty({
    example: true,
    description: 'Whether its bytes are on this server. When they are not, restoring fetches them from a server that has them.',
  })
  here!: boolean;

  static from({ row, write, isHere }: ListedVersion): PackageVersionDto {
    const { filename, value, stamp } = write;
    return {
      filename,
      uuid: value.uuid,
      file_size: value.size,
      sha256: value.sha256,
      created_ts: unixSeconds(value.createdMs),
      author_iss: stamp.iss,
      reason: row.reason,
      since_ts: unixSeconds(row.sinceMs),
      here: isHere,
    };
  }
}

export class PackageVersionListDto {
  @ApiProperty({ type: [PackageVersionDto] }) items!: PackageVersionDto[];
  @ApiProperty({ example: 14, description: 'How long deleted and replaced versions are kept, in days (RETENTION_DAYS).' })
  retention_days!: number;
}

export class RestoreDto extends AddressDto {
  @ApiPropertyOptional({
    example: '28f7adde4f674873807a4c8c69b641d0',
    description: 'Which version; without it the newest one that is here.',
  })
  @IsOptional()
  @Matches(/^[0-9a-f]{32}$/, { message: 'uuid must be 32 lower case hexadecimal digits.' })
  uuid?: string;
}
