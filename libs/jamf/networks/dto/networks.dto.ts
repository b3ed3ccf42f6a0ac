import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIP, IsOptional } from 'class-validator';
import { unixSeconds } from '#libs/platform/format/dates.js';
import type { NetworksOverview } from '../jamf-networks.service.js';
import { type Site, type SiteProblem, type SiteProblemKind, siteProblems, type WhichServer } from '../which-server.js';

const problemDescription =
  'no_point: no distribution point is set. foreign_point: it belongs to no server of the mesh. unknown_point: Jamf Pro lists none of that ' +
  'name. server_gone: its server is not known any more. overlap: another segment has some of the addresses too. unreadable: the addresses are none.';

export class WhichServerQueryDto {
  @ApiPropertyOptional({ example: '10.1.2.3', description: 'The answer says which server a computer with this address uses.' })
  @IsOptional()
  @IsIP(undefined, { message: 'ip must be an IPv4 or IPv6 address' })
  ip?: string;
}

export class JamfNetworkDto {
  @ApiProperty({ example: '7' }) id!: string;
  @ApiProperty({ example: 'Berlin' }) name!: string;
  @ApiProperty({ example: '10.1.0.0' }) start!: string;
  @ApiProperty({ example: '10.1.255.255' }) end!: string;
  @ApiProperty({ type: String, nullable: true, example: 'Headquarters' }) building!: string | null;
  @ApiProperty({ type: String, nullable: true, example: 'ODS Berlin', description: 'Its default distribution point.' })
  distribution_point!: string | null;
  @ApiProperty({
    type: String,
    nullable: true,
    example: '28f7adde4f674873807a4c8c69b641d0',
    description: 'The server of the mesh behind it.',
  })
  iss!: string | null;
  @ApiProperty({ type: String, nullable: true, example: 'Berlin' }) server!: string | null;

  static from({ network, point }: Site): JamfNetworkDto {
    return {
      ...{ id: network.jamfId, name: network.name, start: network.startingAddress, end: network.endingAddress },
      ...{ building: network.building, distribution_point: network.pointName },
      ...{ iss: point?.iss ?? null, server: point?.serverName ?? null },
    };
  }
}

export class JamfNetworkProblemDto {
  @ApiProperty({ enum: siteProblems, example: 'no_point', description: problemDescription }) kind!: SiteProblemKind;
  @ApiProperty({ example: '7', description: 'Of the network segment.' }) id!: string;
  @ApiProperty({ example: '"Berlin" has no distribution point: its computers use the principal one.' }) sentence!: string;

  static from({ kind, network, sentence }: SiteProblem): JamfNetworkProblemDto {
    return { kind, id: network.jamfId, sentence };
  }
}

export class WhichServerDto {
  @ApiProperty({ example: '10.1.2.3' }) ip!: string;
  @ApiProperty({
    type: String,
    nullable: true,
    example: '28f7adde4f674873807a4c8c69b641d0',
    description: 'null: none of the mesh, or not known.',
  })
  iss!: string | null;
  @ApiProperty({ type: String, nullable: true, example: 'Berlin' }) server!: string | null;
  @ApiProperty({ example: ['7'], type: [String], description: 'The network segments that contain the address.' }) networks!: string[];
  @ApiProperty({ example: '"Berlin" contains 10.1.2.3 and uses "ODS Berlin", which is the server "Berlin".' }) sentence!: string;

  static from(ip: string, { point, sites, sentence }: WhichServer): WhichServerDto {
    const networks = sites.map(({ network }) => network.jamfId);
    return { ip, iss: point?.iss ?? null, server: point?.serverName ?? null, networks, sentence };
  }
}

export class JamfNetworksDto {
  @ApiProperty({ type: [JamfNetworkDto] }) items!: JamfNetworkDto[];
  @ApiProperty({ type: [JamfNetworkProblemDto] }) problems!: JamfNetworkProblemDto[];
  @ApiProperty({ type: WhichServerDto, nullable: true, description: 'null: no address was asked about, or nothing was read yet.' })
  which!: WhichServerDto | null;
  @ApiProperty({ type: Number, nullable: true, example: 1510370154, description: 'When they were last read; null: never.' })
  read_ts!: number | null;
  @ApiProperty({ type: String, nullable: true, example: null, description: 'Why they could not be read the last time.' })
  fault!: string | null;

  static from({ connection, sites, problems, which }: NetworksOverview, ip: string | undefined): JamfNetworksDto {
    return {
      ...{ items: sites.map(JamfNetworkDto.from), problems: problems.map(JamfNetworkProblemDto.from) },
      which: which === null ? null : WhichServerDto.from(ip!, which),
      read_ts: connection.networksMs === null ? null : unixSeconds(connection.networksMs),
      fault: connection.networksFault,
    };
  }
}
