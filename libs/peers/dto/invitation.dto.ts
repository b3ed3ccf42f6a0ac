import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsInt, IsOptional, IsString, Max, MaxLength, Min } from 'class-validator';
import type { Invitation } from '#libs/entities/invitation.entity.js';
import { unixSeconds } from '#libs/platform/format/dates.js';
import { type NamedPreset, namedPresets } from '#libs/replication/publish-rights.js';

export class CreateInvitationDto {
  @ApiPropertyOptional({ type: Number, example: 24, minimum: 1, maximum: 720, description: 'How long it is good for. Default: 24 hours.' })
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(720)
  hours?: number;
  @ApiPropertyOptional({ type: String, example: 'For the branch office in Oslo', description: 'For whom it is.' })
  @IsOptional()
  @IsString()
  @MaxLength(200)
  note?: string;
  @ApiPropertyOptional({
    enum: namedPresets,
    example: 'publish-to-dev',
    description:
      'What the server that registers with it may do with packages here. Default: what NEW_SERVER_RIGHTS says. Rights that were decided before stay as they are.',
  })
  @IsOptional()
  @IsIn(namedPresets, {
    message: 'preset must be full, publish-to-dev or receive-only. Custom rights are set when the server has registered.',
  })
  preset?: NamedPreset;
}

export class InvitationDto {
  @ApiProperty({ example: 1 }) id!: number;
  @ApiProperty({ type: String, nullable: true, example: 'For the branch office in Oslo' }) note!: string | null;
  @ApiProperty({
    type: String,
    enum: namedPresets,
    nullable: true,
    example: 'publish-to-dev',
    description: 'What the server that registers with it may do with packages here; null: what NEW_SERVER_RIGHTS says.',
  })
  preset!: NamedPreset | null;
  @ApiProperty({ example: 1510289147, description: 'Unix time.' }) created_ts!: number;
  @ApiProperty({ example: 1510375547, description: 'Unix time after which it is worth nothing.' }) expires_ts!: number;
  @ApiProperty({ type: Number, nullable: true, example: null, description: 'Unix time when a server registered with it.' })
  used_ts!: number | null;
  @ApiProperty({ type: String, nullable: true, example: null, description: 'The name of that server.' }) used_by!: string | null;

  static from({ id, note, preset, createdMs, expiresMs, usedMs, usedByName }: Invitation): InvitationDto {
    const times = {
      created_ts: unixSeconds(createdMs),
      expires_ts: unixSeconds(expiresMs),
      used_ts: usedMs === null ? null : unixSeconds(usedMs),
    };
    return { id, note, preset, ...times, used_by: usedByName };
  }
}

export class CreatedInvitationDto extends InvitationDto {
  @ApiProperty({
    type: String,
    nullable: true,
    example: 'https://ods.example.com',
    description: 'The URL of this server; null while none is set.',
  })
  url!: string | null;
  @ApiProperty({ example: 'e7becdda9a9046f6a78f69ef591e9835', description: 'The ISS ID of this server.' }) iss_id!: string;
  @ApiProperty({ example: 'r3Yt354eDTY0JkaiObpsM4krfkDzdZD9NNYwDr9aSk0=', description: 'Shown once. The other server sends it as `key`.' })
  key!: string;
}

export class InvitationListDto {
  @ApiProperty({ type: [InvitationDto] }) items!: InvitationDto[];
}
