import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsIn, IsInt, Matches, Max, Min } from 'class-validator';
import { unixSeconds } from '#libs/platform/format/dates.js';
import { MayBeLeftOut } from '#libs/platform/http/may-be-left-out.decorator.js';
import { clockStates, type OwnClockState } from '#libs/replication/clock-comparison.js';
import { stages, type Stage } from '#libs/replication/stage.js';
import { type NetworkServer, type Relation, relations } from '../known-servers.js';
import { severities, type Severity } from '../network-notices.js';
import type { NetworkView } from '../network.service.js';
import { type Condition, conditionOf, conditions } from '../server-condition.js';

export const matrixStates = ['incomplete', 'all'] as const;
export type MatrixState = (typeof matrixStates)[number];

const exampleIss = 'e7becdda9a9046f6a78f69ef591e9835';

export class ListNetworkPackagesDto {
  @ApiPropertyOptional({
    enum: matrixStates,
    default: 'incomplete',
    description: 'incomplete: only those not known to be everywhere they belong.',
  })
  @MayBeLeftOut()
  @IsIn(matrixStates)
  state?: MatrixState;

  @ApiPropertyOptional({ default: 50, minimum: 1, maximum: 200 })
  @MayBeLeftOut()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(200)
  limit?: number;

  @ApiPropertyOptional({ example: '120', pattern: '^[0-9]{1,9}$', description: 'The `next` of the page before.' })
  @MayBeLeftOut()
  @Matches(/^[0-9]{1,9}$/, { message: 'cursor must be the next of the page before' })
  cursor?: string;
}

export class NetworkServerDto {
  @ApiProperty({ example: exampleIss }) iss!: string;
  @ApiProperty({ example: 'Lab' }) name!: string;
  @ApiProperty({ enum: stages, example: 'Prod' }) stage!: Stage;
  @ApiProperty({ type: String, nullable: true, example: 'http://192.168.99.101' }) url!: string | null;
  @ApiProperty({ example: false }) firewalled_mode!: boolean;
  @ApiProperty({ enum: relations, example: 'peer', description: 'peer: registered with this server; known: known through other servers.' })
  relation!: Relation;
  @ApiProperty({ enum: conditions, example: 'in_sync' }) status!: Condition;
  @ApiProperty({ example: 'Lab has everything that belongs there.' }) sentence!: string;
  @ApiProperty({ type: Number, nullable: true, example: 1510289200, description: 'Unix time when the server was last seen.' })
  last_heard_ts!: number | null;
  @ApiProperty({
    type: Number,
    nullable: true,
    example: 1510289100,
    description: 'Unix time, by its own clock, of what it last said of itself.',
  })
  issued_ts!: number | null;
  @ApiProperty({ type: Number, nullable: true, example: 60352081920, description: 'Bytes that packages may still use there.' })
  free_bytes!: number | null;
  @ApiProperty({ type: Number, nullable: true, example: 120, description: 'Packages in its catalog.' }) packages!: number | null;
  @ApiProperty({ type: Number, nullable: true, example: 0, description: 'Packages that belong there and are not there.' })
  missing_count!: number | null;

  static from(server: NetworkServer): NetworkServerDto {
    const { summary } = server;
    const { condition, sentence } = conditionOf(server);
    return {
      iss: server.iss,
      name: server.name,
      stage: server.stage,
      url: server.url,
      firewalled_mode: server.firewalledMode,
      relation: server.relation,
      status: condition,
      sentence,
      last_heard_ts: server.heardMs === null ? null : unixSeconds(server.heardMs),
      issued_ts: summary && unixSeconds(summary.issuedMs),
      free_bytes: summary && summary.freeBytes,
      packages: summary && summary.packages,
      missing_count: summary && summary.missingCount,
    };
  }
}

export class NetworkLinkDto {
  @ApiProperty({ example: exampleIss }) from!: string;
  @ApiProperty({ example: '28f7adde4f674873807a4c8c69b641d0' }) to!: string;
}

export class NetworkTotalsDto {
  @ApiProperty({ example: 4 }) servers!: number;
  @ApiProperty({ example: 4, description: 'Servers that have everything that belongs there.' }) in_sync!: number;
  @ApiProperty({ example: 120 }) packages!: number;
  @ApiProperty({ example: 0, description: 'Packages that are not known to be everywhere they belong.' }) incomplete_packages!: number;
}

export class NetworkClockDto {
  @ApiProperty({ enum: clockStates, example: 'right', description: "This server's clock by the median of its peers' clocks." })
  state!: OwnClockState;
  @ApiProperty({ example: 1510289200, description: "Unix time by this server's clock." }) own_ts!: number;
  @ApiProperty({ type: Number, nullable: true, example: 12, description: "Milliseconds: the peers' clocks minus this server's." })
  offset_ms!: number | null;
  @ApiProperty({ example: "This server's clock agrees with those of the servers it is registered with." }) sentence!: string;
}

export class NetworkNoticeDto {
  @ApiProperty({ example: 'clock', description: 'What it is about.' }) kind!: string;
  @ApiProperty({
    enum: severities,
    example: 'problem',
    description: 'problem: an administrator has to act; info: it happened and is over.',
  })
  severity!: Severity;
  @ApiProperty({ example: 'Set the clock of this server.' }) sentence!: string;
}

export class NetworkDto {
  @ApiProperty({ type: [NetworkServerDto], description: 'This server first, then those registered with it, then the others.' })
  servers!: NetworkServerDto[];
  @ApiProperty({ type: [NetworkLinkDto], description: 'Pairs of servers that are registered with each other.' }) links!: NetworkLinkDto[];
  @ApiProperty({ type: NetworkTotalsDto }) totals!: NetworkTotalsDto;
  @ApiProperty({ type: NetworkClockDto }) clock!: NetworkClockDto;
  @ApiProperty({ type: [NetworkNoticeDto], description: 'What people should know about the network as a whole.' })
  notices!: NetworkNoticeDto[];

  static from({ servers, links, packages, incompletePackages, clock, notices }: NetworkView): NetworkDto {
    const shown = servers.map((server) => NetworkServerDto.from(server));
    return {
      servers: shown,
      links: links.map(([from, to]) => ({ from, to })),
      totals: {
        servers: shown.length,
        in_sync: shown.filter(({ status }) => status === 'in_sync').length,
        packages,
        incomplete_packages: incompletePackages,
      },
      clock: {
        state: clock.state,
        own_ts: unixSeconds(clock.nowMs),
        offset_ms: clock.offsetMs === null ? null : Math.round(clock.offsetMs),
        sentence: clock.sentence,
      },
      notices: notices.map(({ kind, severity, sentence }) => ({ kind, severity, sentence })),
    };
  }
}
