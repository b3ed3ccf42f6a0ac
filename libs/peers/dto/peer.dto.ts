import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsBoolean, IsIn, IsInt, IsOptional, IsString, Max, MaxLength, Min, ValidateIf } from 'class-validator';
import { isoSeconds, unixSeconds } from '#libs/platform/format/dates.js';
import { stages, type Stage } from '#libs/replication/stage.js';
import { isUnencrypted } from '../registration/peer-address.js';
import type { PeerLimits } from '../peer.repository.js';
import { type PeerState, type PeerStatus, peerStatuses } from '../peer-state.js';

export class RegisterDto {
  @ApiProperty({ example: 'http://192.168.99.101' }) @IsString() @MaxLength(1_000) url!: string;
  @ApiProperty({ example: 'e7becdda9a9046f6a78f69ef591e9835', description: '32 hexadecimal digits, with or without the dashes of a UUID.' })
  @IsString()
  @MaxLength(100)
  iss_id!: string;
  @ApiProperty({ example: 'r3Yt354eDTY0JkaiObpsM4krfkDzdZD9NNYwDr9aSk0=' }) @IsString() @MaxLength(200) key!: string;
}

const limitDescription = 'Bytes per second, at least 16384; null is no limit of its own.';
const Limit = (example: number | null) => (target: object, key: string) => {
  ApiPropertyOptional({ type: Number, nullable: true, minimum: 16_384, example, description: limitDescription })(target, key);
  ValidateIf((_, value) => value !== null && value !== undefined)(target, key);
  IsInt()(target, key);
  Min(16_384)(target, key);
  Max(Number.MAX_SAFE_INTEGER)(target, key);
};

export class UpdatePeerDto {
  @ApiPropertyOptional({ example: true, description: 'Nothing is exchanged with a paused server until it is resumed.' })
  @IsOptional()
  @IsBoolean()
  paused?: boolean;
  @Limit(5_000_000) download_limit?: number | null;
  @Limit(null) upload_limit?: number | null;

  toLimits(): Partial<PeerLimits> {
    return {
      ...(this.paused === undefined ? {} : { paused: this.paused }),
      ...(this.download_limit === undefined ? {} : { downloadLimit: this.download_limit }),
      ...(this.upload_limit === undefined ? {} : { uploadLimit: this.upload_limit }),
    };
  }
}

export class DecideIdentityDto {
  @ApiProperty({
    enum: ['registered', 'copy'],
    example: 'registered',
    description:
      'Which of the two running servers is the registered one: the one that is spoken with (the copy is off), or the one that is held.',
  })
  @IsIn(['registered', 'copy'])
  keep!: 'registered' | 'copy';
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
  @ApiProperty({
    enum: peerStatuses,
    example: 'connected',
    description: 'unknown: in firewalled mode, so it cannot be called, and not seen for a while.',
  })
  status!: PeerStatus;
  @ApiProperty({ type: Number, nullable: true, example: 1510289200, description: 'Unix time of the last answer or call.' }) last_seen_ts!:
    number | null;
  @ApiProperty({ type: Number, nullable: true, example: null, description: 'Unix time since when it does not answer.' })
  unreachable_since_ts!: number | null;
  @ApiProperty({ type: String, nullable: true, example: null }) last_error!: string | null;
  @ApiProperty({ example: false, description: 'Its URL is plain HTTP and not on this machine: what is exchanged can be read on the line.' })
  unencrypted!: boolean;
  @ApiProperty({
    type: String,
    nullable: true,
    example: null,
    description: 'Why something that it sent was refused last: a false entry, a forged summary, wrong bytes.',
  })
  last_refusal!: string | null;
  @ApiProperty({ type: Number, nullable: true, example: null, description: 'Unix time of that.' }) last_refusal_ts!: number | null;
  @ApiProperty({ type: Number, nullable: true, example: null, description: 'Bytes per second fetched from it at most.' })
  download_limit!: number | null;
  @ApiProperty({ type: Number, nullable: true, example: null, description: 'Bytes per second given to it at most.' })
  upload_limit!: number | null;
  @ApiProperty({ example: 0, description: 'Changes of this server that it has not acknowledged yet, or has refused.' }) lag!: number;
  @ApiProperty({
    type: Number,
    nullable: true,
    example: null,
    description: 'Since when it takes no changes, because this server is paused there; Unix time.',
  })
  paused_there_ts!: number | null;
  @ApiProperty({ example: 0, description: 'Changes of this server that it has refused and that are still in force here.' })
  rejected!: number;
  @ApiProperty({ type: String, nullable: true, example: null, description: 'Why it refused the last of them.' })
  rejected_reason!: string | null;
  @ApiProperty({ example: 0, description: "How far this server has read the other one's changes." }) pulled_seq!: number;
  @ApiProperty({ example: 0, description: "How far the other one has acknowledged this server's changes." }) acked_seq!: number;

  static from({ peer, status, newestSeq, rejected }: PeerState): PeerDto {
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
      status,
      last_seen_ts: seconds(peer.lastSeenMs),
      unreachable_since_ts: seconds(peer.unreachableSinceMs),
      last_error: peer.lastError,
      unencrypted: isUnencrypted(peer.url),
      last_refusal: peer.lastRefusal,
      last_refusal_ts: seconds(peer.lastRefusalMs),
      download_limit: peer.downloadLimit,
      upload_limit: peer.uploadLimit,
      lag: Math.max(0, newestSeq - peer.ackedSeq) + rejected,
      paused_there_ts: seconds(peer.pausedThereMs),
      rejected,
      rejected_reason: rejected > 0 ? peer.rejectedReason : null,
      pulled_seq: peer.pulledSeq,
      acked_seq: peer.ackedSeq,
    };
  }
}

export class PeerListDto {
  @ApiProperty({ type: [PeerDto] }) items!: PeerDto[];
}
