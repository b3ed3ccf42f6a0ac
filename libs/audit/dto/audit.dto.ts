import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsIn, IsInt, IsString, Matches, Max, MaxLength, Min } from 'class-validator';
import type { AuditEvent } from '#libs/entities/audit-event.entity.js';
import { unixSeconds } from '#libs/platform/format/dates.js';
import { MayBeLeftOut } from '#libs/platform/http/may-be-left-out.decorator.js';
import { type ExportFormat, exportFormats, plainEvent } from '../audit-export.js';

const moment = /^\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:\d\d)?)?$/;
const momentMessage = { message: '$property must be a date or a date and time (ISO 8601, UTC unless it says otherwise)' };
const plainText = /^\P{Cc}*$/u;
const plainMessage = { message: '$property must not have control characters' };

/** Which events. */
export class AuditFilterDto {
  @ApiPropertyOptional({ example: 'anna', maxLength: 128, description: 'Exactly this user, token or server.' })
  @MayBeLeftOut()
  @IsString()
  @MaxLength(128)
  @Matches(plainText, plainMessage)
  actor?: string;

  @ApiPropertyOptional({
    example: 'package.',
    maxLength: 60,
    pattern: '^[a-z_]+\\.?[a-z_]*$',
    description: 'An action such as `package.deleted`, or all that begin with a text that ends in a dot.',
  })
  @MayBeLeftOut()
  @IsString()
  @MaxLength(60)
  @Matches(/^[a-z_]+\.?[a-z_]*$/, { message: 'action must be of the form package.deleted, or package. for all of them' })
  action?: string;

  @ApiPropertyOptional({ example: 'NoMAD.pkg', maxLength: 255, description: 'Exactly this package, user, token or server.' })
  @MayBeLeftOut()
  @IsString()
  @MaxLength(255)
  @Matches(plainText, plainMessage)
  subject?: string;

  @ApiPropertyOptional({ example: '2017-11-11', description: 'Not before this date or moment (ISO 8601, UTC unless it says otherwise).' })
  @MayBeLeftOut()
  @Matches(moment, momentMessage)
  since?: string;

  @ApiPropertyOptional({ example: '2017-11-12T08:00:00Z', description: 'Before this date or moment.' })
  @MayBeLeftOut()
  @Matches(moment, momentMessage)
  until?: string;
}

export class ListAuditDto extends AuditFilterDto {
  @ApiPropertyOptional({ default: 100, minimum: 1, maximum: 500 })
  @MayBeLeftOut()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(500)
  limit?: number;

  @ApiPropertyOptional({ example: '1042', description: '`next` of the page before.' })
  @MayBeLeftOut()
  @Matches(/^\d{1,10}$/, { message: 'cursor must be the "next" of a page' })
  cursor?: string;
}

export class ExportAuditDto extends AuditFilterDto {
  @ApiProperty({ enum: exportFormats, example: 'csv', description: 'CSV for spreadsheets, or JSON lines.' })
  @IsIn(exportFormats, { message: `format must be one of ${exportFormats.join(', ')}` })
  format!: ExportFormat;
}

export class AuditEventDto {
  @ApiProperty({ example: 1042 }) id!: number;
  @ApiProperty({ example: '2017-11-11T03:15:54.210Z' }) at!: string;
  @ApiProperty({ example: 1510370154 }) at_ts!: number;
  @ApiProperty({ enum: ['user', 'token', 'peer', 'system'], example: 'user' }) actor_kind!: string;
  @ApiProperty({ example: 'anna', description: 'The name of the user, token or server.' }) actor!: string;
  @ApiProperty({ example: 'package.updated' }) action!: string;
  @ApiProperty({ type: String, nullable: true, example: 'NoMAD.pkg', description: 'What it was done to.' }) subject!: string | null;
  @ApiProperty({
    type: 'object',
    additionalProperties: true,
    nullable: true,
    example: { before: { stage: 'Test' }, after: { stage: 'Prod' } },
    description: 'What changed, or why something was refused.',
  })
  details!: Record<string, unknown> | null;
  @ApiProperty({ type: String, nullable: true, example: '192.0.2.7', description: 'Where the request came from.' }) address!: string | null;
  @ApiProperty({
    type: String,
    nullable: true,
    example: '0b2f7f0e-8f5f-4d0e-9a9a-6d7f1a1c2b3d',
    description: 'Names the request in the log.',
  })
  request_id!: string | null;

  static from(event: AuditEvent): AuditEventDto {
    return { ...plainEvent(event), at_ts: unixSeconds(event.atMs) };
  }
}

export class AuditListDto {
  @ApiProperty({ type: [AuditEventDto], description: 'Newest first.' }) items!: AuditEventDto[];
  @ApiProperty({
    type: String,
    nullable: true,
    example: '942',
    description: 'Send it as `cursor` to get the next page; null on the last one.',
  })
  next!: string | null;
}
