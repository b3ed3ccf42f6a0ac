import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsBoolean, IsString, Matches, MaxLength, MinLength } from 'class-validator';
import { type JamfForeignPoint, type JamfPoint, type JamfPointState, jamfPointStates } from '#libs/entities/jamf-point.entity.js';
import { unixSeconds } from '#libs/platform/format/dates.js';
import { MayBeLeftOut } from '#libs/platform/http/may-be-left-out.decorator.js';
import type { PointSettings, PointsOverview } from '../jamf-points.service.js';
import { USUAL_CONTEXT } from '../wanted-point.js';

const stateDescription =
  'in_step: nothing to do. to_create, to_update: what writing would do. edited: it was changed in Jamf Pro. conflict: several have the ' +
  'address, or the name. missing_in_jamf: it was deleted there. needs_https, no_url: the server has no address that computers could use. ' +
  'server_gone: the server is not known any more. left_alone: an administrator said so. failed: writing did not succeed.';

export class SetJamfPointDto {
  @ApiProperty({ example: true, description: 'Whether its distribution point is kept from here.' }) @IsBoolean() managed!: boolean;
  @ApiPropertyOptional({
    example: 'ODS Berlin',
    maxLength: 255,
    description: 'What it is called when it is made. Left out: after the server.',
  })
  @MayBeLeftOut()
  @IsString()
  @MinLength(1)
  @MaxLength(255)
  @Matches(/^\P{Cc}*$/u, { message: 'name must not have control characters' })
  name?: string;
  @ApiPropertyOptional({
    example: 'share',
    default: 'share',
    maxLength: 100,
    description: 'The first part of the path that computers use.',
  })
  @MayBeLeftOut()
  @IsString()
  @MaxLength(100)
  @Matches(/^\/?[\w.~-]+(?:\/[\w.~-]+)*\/?$/, { message: 'context must be a path of letters, digits, and . _ ~ -' })
  context?: string;
}

export const pointSettingsOf = ({ managed, name, context }: SetJamfPointDto): PointSettings => ({
  ...{ managed, wantedName: name ?? null, context: context ?? USUAL_CONTEXT },
});

export class JamfPointDto {
  @ApiProperty({ example: '28f7adde4f674873807a4c8c69b641d0', description: 'ISS ID of the server.' }) iss!: string;
  @ApiProperty({ example: 'Berlin' }) server!: string;
  @ApiProperty({ example: true, description: 'Whether its distribution point is kept from here.' }) managed!: boolean;
  @ApiProperty({ enum: jamfPointStates, example: 'in_step', description: stateDescription }) state!: JamfPointState;
  @ApiProperty({ example: '', description: 'A sentence; empty when there is nothing to say.' }) reason!: string;
  @ApiProperty({ type: String, nullable: true, example: '3', description: 'In Jamf Pro.' }) jamf_id!: string | null;
  @ApiProperty({ type: String, nullable: true, example: 'ODS Berlin', description: 'In Jamf Pro.' }) name!: string | null;
  @ApiProperty({ type: String, nullable: true, example: null, description: 'What it is called when it is made; null: after the server.' })
  wanted_name!: string | null;
  @ApiProperty({ example: 'share' }) context!: string;
  @ApiProperty({
    type: String,
    nullable: true,
    example: 'https://berlin.example.com/share',
    description: 'Where computers are to download.',
  })
  address!: string | null;
  @ApiProperty({ example: 1510370154 }) checked_ts!: number;
  @ApiProperty({ type: Number, nullable: true, example: 1510370154, description: 'When it was last written from here.' })
  written_ts!: number | null;

  static from(row: JamfPoint): JamfPointDto {
    return {
      ...{ iss: row.iss, server: row.serverName, managed: row.managed, state: row.state, reason: row.reason },
      ...{ jamf_id: row.jamfId, name: row.pointName, wanted_name: row.wantedName, context: row.context, address: row.address },
      checked_ts: unixSeconds(row.checkedMs),
      written_ts: row.writtenMs === null ? null : unixSeconds(row.writtenMs),
    };
  }
}

export class JamfForeignPointDto {
  @ApiProperty({ example: '1' }) id!: string;
  @ApiProperty({ example: 'Cloud' }) name!: string;
  @ApiProperty({ example: 'https://files.example.com/JamfShare' }) address!: string;
  @ApiProperty({ example: false, description: 'Whether it is the principal distribution point.' }) principal!: boolean;

  static from({ jamfId: id, name, address, principal }: JamfForeignPoint): JamfForeignPointDto {
    return { id, name, address, principal };
  }
}

export class JamfPointsDto {
  @ApiProperty({ type: [JamfPointDto], description: 'One for each server of the mesh.' }) items!: JamfPointDto[];
  @ApiProperty({
    type: [JamfForeignPointDto],
    description: 'Distribution points that belong to no server of the mesh. They are never written.',
  })
  foreign!: JamfForeignPointDto[];
  @ApiProperty({ type: Number, nullable: true, example: 1510370154, description: 'When they were last compared; null: never.' })
  compared_ts!: number | null;
  @ApiProperty({ type: String, nullable: true, example: null, description: 'Why they could not be compared the last time.' })
  fault!: string | null;
  @ApiProperty({ example: false, description: 'Whether differences are written.' }) is_written!: boolean;

  static from({ connection, points, foreign }: PointsOverview): JamfPointsDto {
    return {
      ...{ items: points.map(JamfPointDto.from), foreign: foreign.map(JamfForeignPointDto.from) },
      compared_ts: connection.pointsMs === null ? null : unixSeconds(connection.pointsMs),
      ...{ fault: connection.pointsFault, is_written: connection.mode === 'write' && connection.managePoints },
    };
  }
}
