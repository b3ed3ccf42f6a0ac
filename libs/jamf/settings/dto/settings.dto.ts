import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsBoolean, IsIn, IsInt, IsOptional, Max, Min } from 'class-validator';
import {
  type JamfGate,
  jamfGates,
  type JamfHashType,
  jamfHashTypes,
  type JamfMode,
  jamfModes,
} from '#libs/entities/jamf-connection.entity.js';
import { type JamfRecordState, jamfRecordStates } from '#libs/entities/jamf-record.entity.js';
import { MAX_JAMF_PRIORITY } from '#libs/replication/jamf-claim.js';
import { MayBeLeftOut } from '#libs/platform/http/may-be-left-out.decorator.js';
import { unixSeconds } from '#libs/platform/format/dates.js';
import type { JamfOverview, JamfSettingsChange } from '../jamf-settings.service.js';

const modeDescription = 'watch: records are compared, and nothing is written in Jamf Pro. write: they are kept in step.';
const hashDescription = 'What records are written with. SHA_512 is what every version of Jamf Pro checks.';
const gateDescription =
  'When a record is written for a new content. here: this server has it. all_servers: every server that admits it is known to have it.';

const pointsDescription = 'Whether distribution points are kept in step too, when the mode is write. Left out: no.';
const priorityDescription =
  'Of the servers that are connected with this Jamf Pro server and can write there, the one with the lowest does. Left out: it stays as it is.';

export class SetJamfSettingsDto {
  @ApiProperty({ enum: jamfModes, example: 'watch', description: modeDescription }) @IsIn(jamfModes) mode!: JamfMode;
  @ApiProperty({ enum: jamfHashTypes, example: 'SHA_512', description: hashDescription }) @IsIn(jamfHashTypes) hash_type!: JamfHashType;
  @ApiProperty({ enum: jamfGates, example: 'here', description: gateDescription }) @IsIn(jamfGates) gate!: JamfGate;
  @ApiProperty({ example: true, description: 'Whether packages that have no record get one.' }) @IsBoolean() create_missing!: boolean;
  @ApiPropertyOptional({ example: false, default: false, description: pointsDescription })
  @IsOptional()
  @IsBoolean()
  manage_distribution_points?: boolean;
  @ApiPropertyOptional({ example: 100, minimum: 0, maximum: MAX_JAMF_PRIORITY, description: priorityDescription })
  @MayBeLeftOut()
  @IsInt()
  @Min(0)
  @Max(MAX_JAMF_PRIORITY)
  priority?: number;
}

export const settingsOf = ({
  mode,
  hash_type,
  gate,
  create_missing,
  manage_distribution_points = false,
  priority,
}: SetJamfSettingsDto): JamfSettingsChange => ({
  ...{ mode, hashType: hash_type, gate, createMissing: create_missing, managePoints: manage_distribution_points },
  ...(priority === undefined ? {} : { priority }),
});

export class ConfirmWritingDto {
  @ApiPropertyOptional({ enum: ['true', 'false'], description: 'Says that records may be written; without it that is refused with 409.' })
  @IsOptional()
  @IsIn(['true', 'false'])
  confirm?: 'true' | 'false';
}

export class JamfStateCountDto {
  @ApiProperty({ enum: jamfRecordStates, example: 'in_step' }) state!: JamfRecordState;
  @ApiProperty({ example: 412 }) count!: number;
}

export class JamfSettingsDto extends SetJamfSettingsDto {
  @ApiProperty({ type: [JamfStateCountDto], description: 'Package records by state, as last compared.' }) counts!: JamfStateCountDto[];
  @ApiProperty({ type: Number, nullable: true, example: 1510370154, description: 'When all were last compared; null: never.' })
  compared_ts!: number | null;
  @ApiProperty({ type: Number, nullable: true, example: null, description: 'Since when Jamf Pro has not answered as it should.' })
  failing_since_ts!: number | null;

  static from({ connection, counts }: JamfOverview): JamfSettingsDto {
    const { mode, hashType, gate, createMissing, managePoints, priority, comparedMs, failingSinceMs } = connection;
    return {
      ...{ mode, hash_type: hashType, gate, create_missing: createMissing, manage_distribution_points: managePoints, priority },
      counts: jamfRecordStates.map((state) => ({ state, count: counts.get(state) ?? 0 })),
      compared_ts: comparedMs === null ? null : unixSeconds(comparedMs),
      failing_since_ts: failingSinceMs === null ? null : unixSeconds(failingSinceMs),
    };
  }
}
