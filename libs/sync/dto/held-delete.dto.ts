import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { ArrayMaxSize, ArrayMinSize, IsArray, IsOptional, IsString, MaxLength } from 'class-validator';
import { type RemovalKind, removalKinds } from '#libs/entities/removal.entity.js';
import { unixSeconds } from '#libs/platform/format/dates.js';
import type { HeldDelete } from '../held-deletes.service.js';

const MOST_NAMES = 1_000;

export class HeldDeleteDto {
  @ApiProperty({ example: 'NoMAD.pkg' }) filename!: string;
  @ApiProperty({ enum: removalKinds, example: 'delete', description: 'withdraw: demoted to a stage that this server does not hold.' })
  kind!: RemovalKind;
  @ApiProperty({ example: 'e7becdda9a9046f6a78f69ef591e9835', description: 'ISS ID of the server that told of it.' }) peer_iss!: string;
  @ApiProperty({ type: String, nullable: true, example: 'Example ODS 2' }) peer_name!: string | null;
  @ApiProperty({ example: 3438044, description: 'Bytes.' }) file_size!: number;
  @ApiProperty({ example: 1510370154, description: 'Unix time of the delete, where it was made.' }) requested_ts!: number;
  @ApiProperty({ example: 1510370200, description: 'Unix time since when it is held here.' }) held_ts!: number;

  static from({ removal, entry, size }: HeldDelete, peerNames: ReadonlyMap<string, string>): HeldDeleteDto {
    return {
      filename: entry.filename,
      kind: removal.kind,
      peer_iss: removal.peerIss!,
      peer_name: peerNames.get(removal.peerIss!) ?? null,
      file_size: size,
      requested_ts: unixSeconds(entry.stamp.wallMs),
      held_ts: unixSeconds(removal.atMs),
    };
  }
}

export class HeldDeleteListDto {
  @ApiProperty({ type: [HeldDeleteDto] }) items!: HeldDeleteDto[];
  @ApiProperty({ example: 12, description: 'All that are held; `items` has the first 500.' }) total!: number;
}

export class DecideHeldDeletesDto {
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
