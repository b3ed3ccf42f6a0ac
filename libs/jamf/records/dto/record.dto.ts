import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { ArrayMaxSize, ArrayMinSize, ArrayUnique, IsArray, IsIn, IsInt, IsOptional, IsString, Max, MaxLength, Min } from 'class-validator';
import { type JamfRecord, type JamfRecordState, jamfRecordStates } from '#libs/entities/jamf-record.entity.js';
import { unixSeconds } from '#libs/platform/format/dates.js';
import { type RecordDetail, type Resolution, resolutions } from '../jamf-records.service.js';
import { type FieldDecision, fieldDecisions, type FieldDiff } from '../record-diff.js';
import { PINNED_HASH, pinnedOf } from '../record-row.js';
import { seededFields } from '../wanted-record.js';

const stateDescription =
  'in_step: nothing to do. waiting_content: the content is not where it has to be first. waiting_digest: its hash is being computed. ' +
  'to_create, to_update: what writing would do. edited_hash: its hash was not written from here. conflict: several records have the file ' +
  'name. missing_in_jamf: the record was deleted there. orphan: the package is gone, or not mapped any more. failed: writing did not succeed.';
export const pinnable = [...seededFields, PINNED_HASH];

export class JamfRecordDto {
  @ApiProperty({ example: 1, description: 'Number of this line here, not in Jamf Pro.' }) id!: number;
  @ApiProperty({ example: 'NoMAD.pkg' }) filename!: string;
  @ApiProperty({
    type: String,
    nullable: true,
    example: '28f7adde4f674873807a4c8c69b641d0',
    description: 'The content that the record was last written for, or found right.',
  })
  uuid!: string | null;
  @ApiProperty({ type: String, nullable: true, example: '412', description: 'In Jamf Pro.' }) jamf_id!: string | null;
  @ApiProperty({ type: String, nullable: true, example: 'NoMAD 1.1.3' }) package_name!: string | null;
  @ApiProperty({ enum: jamfRecordStates, example: 'in_step', description: stateDescription }) state!: JamfRecordState;
  @ApiProperty({ example: '', description: 'A sentence; empty when there is nothing to say.' }) reason!: string;
  @ApiProperty({ type: String, nullable: true, example: 'SHA_512' }) hash_type!: string | null;
  @ApiProperty({ type: String, nullable: true, example: 'cf83e1357eefb8bd…', description: 'In Jamf Pro, when it was last compared.' })
  hash_in_jamf!: string | null;
  @ApiProperty({ enum: pinnable, isArray: true, example: ['info'], description: 'Fields that stay as they were edited in Jamf Pro.' })
  pinned!: string[];
  @ApiProperty({ example: false, description: 'Whether the record was there before this server knew of it.' }) adopted!: boolean;
  @ApiProperty({ example: 1510370154 }) checked_ts!: number;
  @ApiProperty({ type: Number, nullable: true, example: 1510370154, description: 'When it was last written from here.' })
  written_ts!: number | null;

  static from(row: JamfRecord): JamfRecordDto {
    return {
      ...{
        id: row.id,
        filename: row.filename,
        uuid: row.uuid,
        jamf_id: row.jamfId,
        package_name: row.packageName,
        state: row.state,
        reason: row.reason,
      },
      ...{ hash_type: row.hashType, hash_in_jamf: row.hashValue, pinned: pinnedOf(row), adopted: row.adopted },
      checked_ts: unixSeconds(row.checkedMs),
      written_ts: row.writtenMs === null ? null : unixSeconds(row.writtenMs),
    };
  }
}

export class JamfRecordListDto {
  @ApiProperty({ type: [JamfRecordDto] }) items!: JamfRecordDto[];
  @ApiProperty({ example: 1, description: 'Records that fit the filter, on all pages.' }) total!: number;
  @ApiProperty({ type: String, nullable: true, example: null, description: 'Send it as `cursor` to get the next page.' })
  next!: string | null;
}

export class JamfFieldDiffDto {
  @ApiProperty({ example: 'info' }) field!: string;
  @ApiProperty({ type: String, nullable: true, example: 'Ask Legal first.', description: 'In Jamf Pro now.' }) in_jamf!: string | null;
  @ApiProperty({ type: String, nullable: true, example: '', description: 'When it was last written from here, or taken over.' })
  last_written!: string | null;
  @ApiProperty({ enum: fieldDecisions, example: 'kept' }) decision!: FieldDecision;

  static from({ field, inJamf, lastWritten, decision }: FieldDiff): JamfFieldDiffDto {
    return { field, in_jamf: inJamf, last_written: lastWritten, decision };
  }
}

export class JamfRecordDetailDto extends JamfRecordDto {
  @ApiProperty({ type: [JamfFieldDiffDto], nullable: true, description: 'null: there is no record, or Jamf Pro could not be asked.' })
  diff!: JamfFieldDiffDto[] | null;
  @ApiProperty({ type: String, nullable: true, example: null, description: 'Why Jamf Pro could not be asked.' }) fault!: string | null;

  static detailed({ row, diff, fault }: RecordDetail): JamfRecordDetailDto {
    return { ...JamfRecordDto.from(row), diff: diff?.map(JamfFieldDiffDto.from) ?? null, fault };
  }
}

export class ListJamfRecordsDto {
  @ApiPropertyOptional({ enum: jamfRecordStates }) @IsOptional() @IsIn(jamfRecordStates) state?: JamfRecordState;
  @ApiPropertyOptional({ example: 'NoMAD.pkg', description: 'Exactly this name, in any case.' })
  @IsOptional()
  @IsString()
  @MaxLength(255)
  filename?: string;
  @ApiPropertyOptional({ example: 'nomad', description: 'Part of the file name.' }) @IsOptional() @IsString() @MaxLength(255) q?: string;
  @ApiPropertyOptional({ default: 100, minimum: 1, maximum: 500 })
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(500)
  limit?: number;
  @ApiPropertyOptional({ description: '`next` of the page before.', example: 100 })
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(0)
  @Max(2_147_483_647)
  cursor?: number;
}

export class ResolveJamfRecordDto {
  @ApiProperty({ enum: resolutions, example: 'ods', description: 'Whose side counts.' }) @IsIn(resolutions) use!: Resolution;
}

export class ReleaseJamfRecordDto {
  @ApiProperty({ enum: pinnable, isArray: true, example: ['info'] })
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(pinnable.length)
  @ArrayUnique()
  @IsIn(pinnable, { each: true })
  fields!: string[];
}
