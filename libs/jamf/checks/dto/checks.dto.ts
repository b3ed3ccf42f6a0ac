import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { ArrayMaxSize, ArrayMinSize, IsArray, IsIn, IsInt, IsOptional, IsString, Matches, Max, MaxLength, Min } from 'class-validator';
import {
  type JamfCheck,
  type JamfCheckDepth,
  jamfCheckDepths,
  type JamfCheckState,
  jamfCheckStates,
} from '#libs/entities/jamf-check.entity.js';
import { unixSeconds } from '#libs/platform/format/dates.js';
import { MayBeLeftOut } from '#libs/platform/http/may-be-left-out.decorator.js';
import { downloadUrl } from '../client-checker.js';
import { type ChecksAsked, type ChecksPage, MOST_ASKED } from '../jamf-checks.service.js';

const iss = { pattern: '^[0-9a-f]{32}$', example: '28f7adde4f674873807a4c8c69b641d0' };
const stateDescription =
  'waiting: not tried yet. right: the package, as far as it was read. expires_soon: the same, and the certificate of the server ends within two ' +
  'weeks. dns, unreachable, tls: no answer, and where it failed. redirected, unauthorized, not_found, refused: another answer. wrong_size, ' +
  'wrong_content: not the content of the catalog. wrong_hash: not the hash of the package record. no_record: no record to compare it with.';
const depthDescription = 'head: the first byte and the headers. whole: everything, with the hash of the package record as it is now.';

export class ListJamfChecksDto {
  @ApiPropertyOptional(iss) @IsOptional() @Matches(/^[0-9a-f]{32}$/, { message: 'iss must be an ISS ID of 32 hex digits' }) iss?: string;
  @ApiPropertyOptional({ enum: jamfCheckStates, example: 'not_found' }) @IsOptional() @IsIn(jamfCheckStates) state?: JamfCheckState;
  @ApiPropertyOptional({ example: 100, default: 100, minimum: 1, maximum: 500 })
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(500)
  limit?: number;
  @ApiPropertyOptional({ example: 1, description: '`next` of the page before.' })
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(0)
  @Max(2_147_483_647)
  cursor?: number;
}

export class AskJamfChecksDto {
  @ApiPropertyOptional({ type: [String], example: ['NoMAD.pkg'], maxItems: MOST_ASKED, description: 'Left out: of every package.' })
  @MayBeLeftOut()
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(MOST_ASKED)
  @IsString({ each: true })
  @MaxLength(255, { each: true })
  filenames?: string[];
  @ApiPropertyOptional({ type: [String], example: [iss.example], maxItems: MOST_ASKED, description: 'ISS IDs. Left out: at every server.' })
  @MayBeLeftOut()
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(MOST_ASKED)
  @Matches(/^[0-9a-f]{32}$/, { each: true, message: 'iss must be ISS IDs of 32 hex digits' })
  iss?: string[];
  @ApiPropertyOptional({ enum: jamfCheckDepths, default: 'head', example: 'head', description: depthDescription })
  @MayBeLeftOut()
  @IsIn(jamfCheckDepths)
  depth?: JamfCheckDepth;
}

export const askedOf = ({ filenames, iss: isses, depth = 'head' }: AskJamfChecksDto): ChecksAsked => ({ filenames, isses, depth });

export class JamfChecksAskedDto {
  @ApiProperty({ example: 2, description: `Downloads that begin within seconds; at most ${MOST_ASKED} at each server.` })
  downloads!: number;
}

export class JamfCheckDto {
  @ApiProperty({ example: 1 }) id!: number;
  @ApiProperty({ example: iss.example, description: 'ISS ID of the server.' }) iss!: string;
  @ApiProperty({ example: 'Berlin' }) server!: string;
  @ApiProperty({ example: 'NoMAD.pkg' }) filename!: string;
  @ApiProperty({ type: String, nullable: true, example: 'https://berlin.example.com/share/Packages/NoMAD.pkg' }) url!: string | null;
  @ApiProperty({ enum: jamfCheckStates, example: 'right', description: stateDescription }) state!: JamfCheckState;
  @ApiProperty({ example: '', description: 'A sentence; empty when there is nothing to say.' }) detail!: string;
  @ApiProperty({ type: Number, nullable: true, example: 1510370154 }) checked_ts!: number | null;
  @ApiProperty({ type: Number, nullable: true, example: 1510370154, description: 'When it was last read whole.' }) whole_ts!: number | null;
  @ApiProperty({ type: Number, nullable: true, example: 11_796_480, description: 'Bytes per second, when it was last read whole.' })
  rate!: number | null;
  @ApiProperty({ enum: jamfCheckDepths, nullable: true, example: null, description: 'What was asked for, and is not done yet.' })
  asked!: JamfCheckDepth | null;

  static from(row: JamfCheck, points: ChecksPage['points']): JamfCheckDto {
    const point = points.get(row.iss);
    return {
      ...{ id: row.id, iss: row.iss, server: point?.serverName ?? row.iss, filename: row.filename },
      url: point?.address ? downloadUrl(point.address, row.filename) : null,
      ...{ state: row.state, detail: row.detail, rate: row.rate, asked: row.asked },
      checked_ts: row.checkedMs === null ? null : unixSeconds(row.checkedMs),
      whole_ts: row.wholeMs === null ? null : unixSeconds(row.wholeMs),
    };
  }
}

export class JamfCheckCountDto {
  @ApiProperty({ example: iss.example }) iss!: string;
  @ApiProperty({ enum: jamfCheckStates, example: 'right' }) state!: JamfCheckState;
  @ApiProperty({ example: 412 }) count!: number;
}

export class JamfChecksDto {
  @ApiProperty({ type: [JamfCheckDto] }) items!: JamfCheckDto[];
  @ApiProperty({ type: [JamfCheckCountDto], description: 'All checks by server and state, whatever was filtered for.' })
  counts!: JamfCheckCountDto[];
  @ApiProperty({ type: String, nullable: true, example: null, description: 'Send it as `cursor` to get the next page.' })
  next!: string | null;

  static from({ rows, counts, points }: ChecksPage, limit: number): JamfChecksDto {
    return {
      items: rows.map((row) => JamfCheckDto.from(row, points)),
      counts: counts.map(({ iss: at, state, count }) => ({ iss: at, state, count })),
      next: rows.length < limit ? null : String(rows.at(-1)!.id),
    };
  }
}
