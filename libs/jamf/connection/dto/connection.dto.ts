import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsString, Matches, MaxLength, MinLength } from 'class-validator';
import { type JamfAuth, jamfAuths } from '#libs/entities/jamf-connection.entity.js';
import { unixSeconds } from '#libs/platform/format/dates.js';
import { MayBeLeftOut } from '#libs/platform/http/may-be-left-out.decorator.js';
import type { NamedJamfServer } from '#libs/network/jamf-claims.js';
import { capabilities, capabilitiesOf, type Capability } from '../../client/jamf-version.js';
import { type ConnectionTested, stepNames, type StepName, type TestStep } from '../connection-test.js';
import type { JamfLead } from '../../leader/jamf-leadership.js';
import type { JamfConnectionOverview, JamfSignIn } from '../jamf-connection.service.js';

const authDescription = 'client: an API client with its secret. user: an account of Jamf Pro with its password.';
const urlDescription = 'https:// and the host of Jamf Pro, without a path.';

export class JamfSignInDto {
  @ApiProperty({ example: 'https://jamf.example.com', maxLength: 255, description: urlDescription })
  @IsString()
  @MaxLength(255)
  url!: string;
  @ApiProperty({ enum: jamfAuths, example: 'client', description: authDescription }) @IsIn(jamfAuths) auth!: JamfAuth;
  @ApiProperty({
    example: '3fa85f64-5717-4562-b3fc-2c963f66afa6',
    minLength: 1,
    maxLength: 255,
    description: 'Or the name of the account.',
  })
  @IsString()
  @MinLength(1)
  @MaxLength(255)
  @Matches(/^\P{Cc}*$/u, { message: 'client_id must not have control characters' })
  client_id!: string;
  @ApiPropertyOptional({ example: 'vermilion otter', minLength: 1, maxLength: 1_000, description: 'Left out: the one that is saved.' })
  @MayBeLeftOut()
  @IsString()
  @MinLength(1)
  @MaxLength(1_000)
  secret?: string;
}

export const signInOf = ({ url, auth, client_id: clientId, secret }: JamfSignInDto): JamfSignIn => ({ url, auth, clientId, secret });

/** A time that a server gave in milliseconds. */
const secondsOf = (ms: number | null): number | null => (ms === null ? null : unixSeconds(ms));

export class JamfConnectedServerDto {
  @ApiProperty({ example: '6f1ed002ab5595859014ebf0951522d9' }) iss!: string;
  @ApiProperty({ example: 'Berlin' }) name!: string;
  @ApiProperty({ example: 100, description: 'The lowest comes first.' }) priority!: number;
  @ApiProperty({ example: true, description: 'Whether it says that it could write in Jamf Pro.' }) ready!: boolean;
  @ApiProperty({ example: 1510370154, description: 'When that was heard.' }) heard_ts!: number;

  static from({ iss, name, claim, heardMs }: NamedJamfServer): JamfConnectedServerDto {
    return { iss, name, priority: claim.priority, ready: claim.ready, heard_ts: unixSeconds(heardMs) };
  }
}

export class JamfLeaderDto {
  @ApiProperty({ type: String, nullable: true, example: '6f1ed002ab5595859014ebf0951522d9', description: 'null: no server does.' })
  iss!: string | null;
  @ApiProperty({ type: String, nullable: true, example: 'Berlin' }) name!: string | null;
  @ApiProperty({ example: true, description: 'Whether it is this server.' }) is_me!: boolean;
  @ApiProperty({
    type: Number,
    nullable: true,
    example: 1510370154,
    description: 'From when on it writes; may be a little later than now.',
  })
  since_ts!: number | null;
  @ApiProperty({ example: 'This server keeps Jamf Pro in step: no other one is connected with it.' }) why!: string;
  @ApiProperty({ type: [JamfConnectedServerDto], description: 'All servers that say they are connected, in their order.' })
  servers!: JamfConnectedServerDto[];

  static from({ leader, isThis, why, servers }: JamfLead): JamfLeaderDto {
    const shown = { iss: leader?.iss ?? null, name: leader?.name ?? null, is_me: isThis };
    return {
      ...shown,
      since_ts: secondsOf(leader?.claim.since ?? null),
      why,
      servers: servers.map((each) => JamfConnectedServerDto.from(each)),
    };
  }
}

export class JamfConnectionDto {
  @ApiProperty({ example: true, description: 'Whether a connection is saved.' }) is_set_up!: boolean;
  @ApiProperty({ example: 'https://jamf.example.com', description: 'Empty until it is set up.' }) url!: string;
  @ApiProperty({ enum: jamfAuths, example: 'client', description: authDescription }) auth!: JamfAuth;
  @ApiProperty({ example: '3fa85f64-5717-4562-b3fc-2c963f66afa6', description: 'Or the name of the account.' }) client_id!: string;
  @ApiProperty({ example: true, description: 'Whether a secret is saved. It is never shown.' }) has_secret!: boolean;
  @ApiProperty({ type: String, nullable: true, example: '11.30.0', description: 'Of Jamf Pro when it last answered.' }) version!:
    string | null;
  @ApiProperty({ enum: capabilities, isArray: true, example: ['packages'], description: 'What Jamf Pro of that version can do.' })
  capabilities!: Capability[];
  @ApiProperty({ type: Number, nullable: true, example: 1510370154, description: 'When Jamf Pro last answered as it should.' })
  last_ok_ts!: number | null;
  @ApiProperty({ type: String, nullable: true, example: null, description: 'Why the last contact failed.' }) last_error!: string | null;
  @ApiProperty({ type: JamfLeaderDto, nullable: true, description: 'Which server keeps Jamf Pro in step; null without a connection.' })
  leader!: JamfLeaderDto | null;

  static from(overview: JamfConnectionOverview | null): JamfConnectionDto {
    if (!overview) return untouched;
    const { row, lead } = overview;
    return {
      ...{ is_set_up: true, url: row.url, auth: row.auth, client_id: row.clientId, has_secret: true },
      version: row.version,
      capabilities: row.version === null ? [] : capabilitiesOf(row.version),
      ...{ last_ok_ts: secondsOf(row.lastOkMs), last_error: row.lastError, leader: JamfLeaderDto.from(lead) },
    };
  }
}

const untouched: JamfConnectionDto = {
  ...{ is_set_up: false, url: '', auth: 'client', client_id: '', has_secret: false },
  ...{ version: null, capabilities: [], last_ok_ts: null, last_error: null, leader: null },
};

export class JamfTestStepDto {
  @ApiProperty({ enum: stepNames, example: 'packages' }) name!: StepName;
  @ApiProperty({ example: true }) ok!: boolean;
  @ApiProperty({ example: true, description: 'false: what the settings and rules ask for works without it.' }) needed!: boolean;
  @ApiProperty({ example: 'Package records can be read.' }) detail!: string;
  @ApiProperty({ type: String, nullable: true, example: null, description: 'What the API role lacks, as Jamf Pro names it.' })
  missing_privilege!: string | null;
}

export class JamfTestedDto {
  @ApiProperty({ type: [JamfTestStepDto], description: 'In order; ends where nothing further can work.' }) steps!: JamfTestStepDto[];

  static from({ steps }: ConnectionTested): JamfTestedDto {
    const shown = ({ name, ok, isNeeded, detail, missingPrivilege }: TestStep): JamfTestStepDto => ({
      ...{ name, ok, needed: isNeeded, detail, missing_privilege: missingPrivilege },
    });
    return { steps: steps.map(shown) };
  }
}
