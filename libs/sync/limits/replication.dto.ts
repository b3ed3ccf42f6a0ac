import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsBoolean, IsInt, IsOptional, IsString, Matches, Max, MaxLength, Min, ValidateIf, ValidateNested } from 'class-validator';
import { InvalidRequest } from '#libs/platform/errors/common.errors.js';
import { formatTimeOfDay, isTimeZone, parseTimeOfDay } from '#libs/replication/transfer-window.js';
import { type Suspension, windowOf } from './replication-limits.js';
import type { Limits } from './replication-settings.repository.js';

const timeOfDay = /^([01]\d|2[0-3]):[0-5]\d$/;
const isGiven = (_: unknown, value: unknown): boolean => value !== null && value !== undefined;

const Whole = (min: number, max: number, example: number, description: string) => (target: object, key: string) => {
  ApiPropertyOptional({ type: Number, nullable: true, minimum: min, maximum: max, example, description })(target, key);
  ValidateIf(isGiven)(target, key);
  IsInt()(target, key);
  Min(min)(target, key);
  Max(max)(target, key);
};

const Rate = (description: string) =>
  Whole(16_384, Number.MAX_SAFE_INTEGER, 5_000_000, `${description} Bytes per second; null is no limit.`);

export class WindowDto {
  @ApiProperty({ example: '22:00' }) @Matches(timeOfDay, { message: 'from must be a time of day like 22:00' }) from!: string;
  @ApiProperty({ example: '06:00', description: 'Before `from` it is of the next day.' })
  @Matches(timeOfDay, { message: 'to must be a time of day like 06:00' })
  to!: string;
  @ApiProperty({ example: 'Europe/Berlin', description: 'IANA time zone.' }) @IsString() @MaxLength(64) time_zone!: string;
}

export class UpdateReplicationDto {
  @ApiPropertyOptional({ example: false, description: 'No content is fetched while it is paused; news still travels.' })
  @IsOptional()
  @IsBoolean()
  paused?: boolean;
  @Rate('Fetched from all servers together.') download_limit?: number | null;
  @Rate('Given to all servers together.') upload_limit?: number | null;
  @Whole(1, 64, 3, 'Packages that one process fetches at a time; null, or more than TRANSFER_CONCURRENCY, means that.')
  max_transfers?: number | null;
  @Whole(1, 32, 4, 'Parallel requests to one server; null means TRANSFER_CONNECTIONS.') connections_per_peer?: number | null;
  @ApiPropertyOptional({
    example: false,
    description:
      'Whether packages that this server does not serve (because of its stage) are fetched and kept for other servers (transit copies).',
  })
  @IsOptional()
  @IsBoolean()
  relay?: boolean;
  @ApiPropertyOptional({
    example: true,
    description:
      'Whether promoting a package to Prod is refused at this server, until an administrator agrees, when its signer is missing, not known or another than that of the package of the same title.',
  })
  @IsOptional()
  @IsBoolean()
  confirm_signers?: boolean;
  @ApiPropertyOptional({ type: WindowDto, nullable: true, description: 'When content may be fetched, every day; null is always.' })
  @ValidateIf(isGiven)
  @ValidateNested()
  @Type(() => WindowDto)
  window?: WindowDto | null;

  toLimits(): Partial<Limits> {
    const change: Partial<Limits> = {};
    if (this.paused !== undefined) change.paused = this.paused;
    if (this.relay !== undefined) change.relay = this.relay;
    if (this.confirm_signers !== undefined) change.confirmSigners = this.confirm_signers;
    if (this.download_limit !== undefined) change.downloadLimit = this.download_limit;
    if (this.upload_limit !== undefined) change.uploadLimit = this.upload_limit;
    if (this.max_transfers !== undefined) change.maxTransfers = this.max_transfers;
    if (this.connections_per_peer !== undefined) change.connectionsPerPeer = this.connections_per_peer;
    return { ...change, ...this.windowChange() };
  }

  private windowChange(): Partial<Limits> {
    const { window } = this;
    if (window === undefined) return {};
    if (window === null) return { windowFrom: null, windowTo: null, windowZone: null };
    if (!isTimeZone(window.time_zone)) {
      throw new InvalidRequest([
        { pointer: '/window/time_zone', detail: `${window.time_zone} is not a time zone. Use an IANA name like Europe/Berlin.` },
      ]);
    }
    return { windowFrom: parseTimeOfDay(window.from), windowTo: parseTimeOfDay(window.to), windowZone: window.time_zone };
  }
}

export class ReplicationDto {
  @ApiProperty({ example: false }) paused!: boolean;
  @ApiProperty({ type: Number, nullable: true, example: 5_000_000, description: 'Bytes per second.' }) download_limit!: number | null;
  @ApiProperty({ type: Number, nullable: true, example: null, description: 'Bytes per second.' }) upload_limit!: number | null;
  @ApiProperty({ type: Number, nullable: true, example: null }) max_transfers!: number | null;
  @ApiProperty({ type: Number, nullable: true, example: null }) connections_per_peer!: number | null;
  @ApiProperty({ type: WindowDto, nullable: true, example: null }) window!: WindowDto | null;
  @ApiProperty({ example: false, description: 'Whether transit copies are held for other servers.' }) relay!: boolean;
  @ApiProperty({
    example: false,
    description: 'Whether an administrator must agree to promote a package with another or no signer to Prod.',
  })
  confirm_signers!: boolean;
  @ApiProperty({ example: true, description: 'Whether content may be fetched now.' }) fetching!: boolean;
  @ApiProperty({ type: String, nullable: true, example: null, description: 'Why not, in words.' }) reason!: string | null;

  static from(limits: Limits, suspension: Suspension | null): ReplicationDto {
    const window = windowOf(limits);
    return {
      paused: limits.paused,
      download_limit: limits.downloadLimit,
      upload_limit: limits.uploadLimit,
      max_transfers: limits.maxTransfers,
      connections_per_peer: limits.connectionsPerPeer,
      window: window && { from: formatTimeOfDay(window.from), to: formatTimeOfDay(window.to), time_zone: window.timeZone },
      relay: limits.relay === true,
      confirm_signers: limits.confirmSigners === true,
      fetching: suspension === null,
      reason: suspension?.reason ?? null,
    };
  }
}
