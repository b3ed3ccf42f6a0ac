import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { ArrayMaxSize, ArrayMinSize, IsArray, IsOptional, IsString, MaxLength } from 'class-validator';
import { type DestructiveKind, destructiveKinds } from '#libs/replication/mass-change-policy.js';
import { stages, type Stage } from '#libs/replication/stage.js';
import { unixSeconds } from '#libs/platform/format/dates.js';
import type { HeldChange } from './held-changes.service.js';

const MOST_NAMES = 1_000;
const kindText =
  'delete: deleted on every server; withdraw: demoted to a stage that this server does not hold; replace: another content under the name; demote: an earlier stage that this server still holds.';

export class HeldChangeDto {
  @ApiProperty({ example: 'NoMAD.pkg' }) filename!: string;
  @ApiProperty({ enum: destructiveKinds, example: 'delete', description: kindText }) kind!: DestructiveKind;
  @ApiProperty({ example: 'e7becdda9a9046f6a78f69ef591e9835', description: 'ISS ID of the server that sent it.' }) peer_iss!: string;
  @ApiProperty({ type: String, nullable: true, example: 'Example ODS 2' }) peer_name!: string | null;
  @ApiProperty({ example: 3438044, description: 'Bytes of the package as it is here.' }) file_size!: number;
  @ApiProperty({
    type: Number,
    nullable: true,
    example: null,
    description: 'Bytes of the content that would replace it; null for the other kinds.',
  })
  new_file_size!: number | null;
  @ApiProperty({ enum: stages, example: 'Prod' }) stage!: Stage;
  @ApiProperty({ enum: stages, nullable: true, example: null, description: 'The stage that it would get; null when it stays the same.' })
  new_stage!: Stage | null;
  @ApiProperty({ example: 1510370154, description: 'Unix time of the change, where it was made.' }) requested_ts!: number;
  @ApiProperty({ example: 1510370200, description: 'Unix time since when it is held here.' }) held_ts!: number;

  static from({ change, entry, current }: HeldChange, peerNames: ReadonlyMap<string, string>): HeldChangeDto {
    return {
      filename: entry.filename,
      kind: change.kind,
      peer_iss: change.peerIss!,
      peer_name: peerNames.get(change.peerIss!) ?? null,
      file_size: current.size,
      new_file_size: change.kind === 'replace' ? entry.size : null,
      stage: current.stage,
      new_stage: entry.deleted || entry.stage === current.stage ? null : entry.stage,
      requested_ts: unixSeconds(entry.stamp.wallMs),
      held_ts: unixSeconds(change.atMs),
    };
  }
}

export class HeldChangeListDto {
  @ApiProperty({ type: [HeldChangeDto] }) items!: HeldChangeDto[];
  @ApiProperty({ example: 12, description: 'All that are held; `items` has the first 500.' }) total!: number;
}

export class DecideHeldChangesDto {
  @ApiPropertyOptional({ type: [String], example: ['NoMAD.pkg'], description: 'Only these; without it all that are held.' })
  @IsOptional()
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(MOST_NAMES)
  @IsString({ each: true })
  @MaxLength(255, { each: true })
  filenames?: string[];
}

export class DecidedDto {
  @ApiProperty({ example: 12, description: 'Packages that the decision was carried out for.' }) count!: number;
}
