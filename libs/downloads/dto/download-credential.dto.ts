import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsString, Matches, MaxLength, MinLength } from 'class-validator';
import type { DownloadCredential } from '#libs/entities/download-credential.entity.js';
import { MayBeLeftOut } from '#libs/platform/http/may-be-left-out.decorator.js';
import type { NewCredential } from '../access/download-credentials.service.js';

const seconds = (ms: number | null): number | null => (ms === null ? null : Math.floor(ms / 1_000));

export class CreateDownloadCredentialDto {
  @ApiProperty({ minLength: 1, maxLength: 100, example: 'Jamf Pro, distribution point Berlin', description: 'What has it.' })
  @IsString()
  @MinLength(1)
  @MaxLength(100)
  @Matches(/^\P{Cc}*$/u, { message: 'name must not have control characters' })
  name!: string;
  @ApiPropertyOptional({
    maxLength: 64,
    example: 'jamf-berlin',
    description: 'Letters, digits, dot, hyphen and underscore; made when not given.',
  })
  @MayBeLeftOut()
  @Matches(/^[A-Za-z0-9._-]{1,64}$/, { message: 'username must be 1 to 64 letters, digits, dots, hyphens or underscores' })
  username?: string;
}

export class DownloadCredentialDto {
  @ApiProperty({ example: 3 }) id!: number;
  @ApiProperty({ example: 'Jamf Pro, distribution point Berlin' }) name!: string;
  @ApiProperty({ example: 'jamf-berlin' }) username!: string;
  @ApiProperty({ example: 1_777_000_000, description: 'Unix time in seconds.' }) created_ts!: number;
  @ApiProperty({ type: Number, nullable: true, example: 1_777_100_000, description: 'The last download with it, to the minute.' })
  last_used_ts!: number | null;

  static from(this: void, { id, name, username, createdMs, lastUsedMs }: DownloadCredential): DownloadCredentialDto {
    return { id, name, username, created_ts: seconds(createdMs)!, last_used_ts: seconds(lastUsedMs) };
  }
}

export class NewDownloadCredentialDto extends DownloadCredentialDto {
  @ApiProperty({ example: 'n0m3Yz9qJ2b7hQk4Xw8rT5uVgE1sLpCd', description: 'Shown once, and kept nowhere.' }) secret!: string;

  static made({ row, secret }: NewCredential): NewDownloadCredentialDto {
    return { ...DownloadCredentialDto.from(row), secret };
  }
}

export class DownloadCredentialsDto {
  @ApiProperty({ type: [DownloadCredentialDto] }) items!: DownloadCredentialDto[];
}
