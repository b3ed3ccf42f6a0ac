import { ApiProperty } from '@nestjs/swagger';
import { unixSeconds } from '#libs/platform/format/dates.js';
import { stages, type Stage } from '#libs/replication/stage.js';
import { type CopiesState, copiesStateOf, copiesStates } from '#libs/replication/copies.js';
import { type Holding, holdings, type Spread, spreads } from '#libs/replication/holding-status.js';
import { type Relation, relations } from '../known-servers.js';
import type { Placed, PlacedPackage } from '../network.service.js';

const holdingText =
  'held: whole and verified there; on_its_way: being fetched; missing: belongs there and is not there; not_wanted: not admitted at its stage; unknown: not reported, or too long ago to count.';

const spreadText =
  'everywhere: on every server that admits it; partial: on some, or not known of all; nowhere: no server of the mesh admits it at its stage.';

export class PackageAtServerDto {
  @ApiProperty({ example: 'e7becdda9a9046f6a78f69ef591e9835' }) iss!: string;
  @ApiProperty({ example: 'Lab' }) name!: string;
  @ApiProperty({ enum: relations, example: 'peer' }) relation!: Relation;
  @ApiProperty({ enum: holdings, example: 'held', description: holdingText }) state!: Holding;
  @ApiProperty({ type: Number, nullable: true, example: null, description: 'How much of it is there; null unless on its way or missing.' })
  percent!: number | null;
  @ApiProperty({ example: 'Lab has it.', description: 'Why, in one sentence.' }) sentence!: string;
  @ApiProperty({ type: Number, nullable: true, example: 1510289200, description: 'Unix time when the server was last seen.' })
  last_heard_ts!: number | null;
  @ApiProperty({
    type: Number,
    nullable: true,
    example: 1510289200,
    description: 'Unix time of the report of that server that this is known from.',
  })
  reported_ts!: number | null;

  static from({ server, status }: Placed): PackageAtServerDto {
    return {
      iss: server.iss,
      name: server.name,
      relation: server.relation,
      state: status.holding,
      percent: status.percent,
      sentence: status.sentence,
      last_heard_ts: server.heardMs === null ? null : unixSeconds(server.heardMs),
      reported_ts: server.claimedMs === null ? null : unixSeconds(server.claimedMs),
    };
  }
}

export class PackageServersDto {
  @ApiProperty({ example: 1 }) id!: number;
  @ApiProperty({ example: 'NoMAD.pkg' }) filename!: string;
  @ApiProperty({ enum: stages, example: 'Prod' }) stage!: Stage;
  @ApiProperty({ example: 3438044, description: 'Bytes.' }) file_size!: number;
  @ApiProperty({ example: true, description: 'Whether it is known to be on every server it belongs on; false when it belongs on none.' })
  everywhere!: boolean;
  @ApiProperty({ enum: spreads, example: 'everywhere', description: spreadText }) status!: Spread;
  @ApiProperty({ example: 4, description: 'Verified copies that are known of, also where it is withdrawn and not removed yet.' })
  copies!: number;
  @ApiProperty({ enum: copiesStates, example: 'several' }) copies_state!: CopiesState;
  @ApiProperty({ example: 'It is everywhere it belongs: on 4 servers.' }) sentence!: string;
  @ApiProperty({ type: [PackageAtServerDto], description: 'This server first.' }) servers!: PackageAtServerDto[];

  static from({ row, spread, copies, sentence, places }: PlacedPackage): PackageServersDto {
    return {
      id: row.id,
      filename: row.filename,
      stage: row.stage,
      file_size: row.size,
      everywhere: spread === 'everywhere',
      status: spread,
      copies,
      copies_state: copiesStateOf(copies),
      sentence,
      servers: places.map((place) => PackageAtServerDto.from(place)),
    };
  }
}

export class NetworkPackagesDto {
  @ApiProperty({ type: [PackageServersDto] }) items!: PackageServersDto[];
  @ApiProperty({ type: String, nullable: true, example: null, description: 'Cursor of the next page; null at the end.' }) next!:
    string | null;
}
