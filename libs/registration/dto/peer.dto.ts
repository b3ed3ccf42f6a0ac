import { ApiProperty } from '@nestjs/swagger';
import { IsBoolean, IsString, Length, MaxLength } from 'class-validator';
import type { Peer } from '#libs/entities/peer.entity.js';
import { isoSeconds, unixSeconds } from '#libs/platform/format/dates.js';
import { stages, type Stage } from '#libs/replication/stage.js';

export const peerStatuses = ['connected', 'unreachable', 'paused'] as const;
export type PeerStatus = (typeof peerStatuses)[number];

export class RegisterDto {
  @ApiProperty({ example: 'http://192.168.99.101' }) @IsString() @Length(1, 500) url!: string;
  @ApiProperty({ example: 'e7becdda9a9046f6a78f69ef591e9835' }) @IsString() @Length(32, 36) iss_id!: string;
  @ApiProperty({ example: 'r3Yt354eDTY0JkaiObpsM4krfkDzdZD9NNYwDr9aSk0=' }) @IsString() @Length(1, 200) @MaxLength(200) key!: string;
}

export class UpdatePeerDto {
  @ApiProperty({ example: true, description: 'A paused server is told nothing and gives nothing until it is resumed.' }) @IsBoolean() paused!: boolean;
}

export class PeerDto {
  @ApiProperty({ example: false }) firewalled_mode!: boolean;
  @ApiProperty({ example: 1 }) id!: number;
  @ApiProperty({ example: 'e7becdda9a9046f6a78f69ef591e9835' }) iss!: string;
  @ApiProperty({ example: 'Example ODS 2' }) name!: string;
  @ApiProperty({ example: '2017-11-10T04:45:47' }) registered_on!: string;
  @ApiProperty({ example: 1510289147 }) registered_on_ts!: number;
  @ApiProperty({ enum: stages, example: 'Prod' }) stage!: Stage;
  @ApiProperty({ example: 'http://192.168.99.101' }) url!: string;
  @ApiProperty({ enum: peerStatuses, example: 'connected' }) status!: PeerStatus;
  @ApiProperty({ type: Number, nullable: true, example: 1510289200, description: 'Unix time of the last answer or call.' }) last_seen_ts!: number | null;
  @ApiProperty({ type: Number, nullable: true, example: null, description: 'Unix time since when it does not answer.' }) unreachable_since_ts!: number | null;
  @ApiProperty({ type: String, nullable: true, example: null }) last_error!: string | null;
  @ApiProperty({ example: 0, description: 'Changes of this server that it has not acknowledged yet.' }) lag!: number;

  static from(peer: Peer, newestSeq: number): PeerDto {
    const seconds = (ms: number | null) => (ms === null ? null : unixSeconds(ms));
    return {
      firewalled_mode: peer.firewalledMode,
      id: peer.id,
      iss: peer.iss,
      name: peer.name,
      registered_on: isoSeconds(peer.registeredMs),
      registered_on_ts: unixSeconds(peer.registeredMs),
      stage: peer.stage,
      url: peer.url,
      status: peer.paused ? 'paused' : peer.unreachableSinceMs !== null ? 'unreachable' : 'connected',
      last_seen_ts: seconds(peer.lastSeenMs),
      unreachable_since_ts: seconds(peer.unreachableSinceMs),
      last_error: peer.lastError,
      lag: Math.max(0, newestSeq - peer.ackedSeq),
    };
  }
}

export class PeerListDto {
  @ApiProperty({ type: [PeerDto] }) items!: PeerDto[];
}
