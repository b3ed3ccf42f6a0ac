import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsBoolean,
  IsDefined,
  IsIn,
  IsString,
  MaxLength,
  MinLength,
  ValidateIf,
  ValidateNested,
} from 'class-validator';
import { type AuthorKey, authorKeyStates, type AuthorKeyState } from '#libs/entities/author-key.entity.js';
import type { RefusedWrite } from '#libs/entities/refused-write.entity.js';
import { unixSeconds } from '#libs/platform/format/dates.js';
import { type PublishRights, type RightsPreset, rightsPresets } from '#libs/replication/publish-rights.js';
import { type RefusalCode, refusalCodes } from '#libs/replication/refusal.js';
import { type Stage, stages } from '#libs/replication/stage.js';
import type { Author } from '../author-rights.service.js';

export class PublishRightsDto {
  @ApiProperty({ example: true, description: 'New packages.' }) @IsBoolean() publish!: boolean;
  @ApiProperty({ example: true, description: 'Another content of a package.' }) @IsBoolean() replace!: boolean;
  @ApiProperty({ example: false, description: 'Another stage of a package.' }) @IsBoolean() promote!: boolean;
  @ApiProperty({ example: false }) @IsBoolean() delete!: boolean;
  @ApiProperty({ enum: stages, example: 'Dev', description: 'Packages of a later stage are out of reach.' })
  @IsIn(stages)
  max_stage!: Stage;
  @ApiProperty({ type: [String], example: ['Adobe*'], description: 'Patterns of names, with * and ?.' })
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(50)
  @IsString({ each: true })
  @MinLength(1, { each: true })
  @MaxLength(100, { each: true })
  names!: string[];

  static from({ maxStage, names, publish, replace, promote, delete: remove }: PublishRights): PublishRightsDto {
    return { publish, replace, promote, delete: remove, max_stage: maxStage, names: [...names] };
  }

  static read({ max_stage: maxStage, ...rights }: PublishRightsDto): PublishRights {
    return { ...rights, maxStage };
  }
}

export class SetAuthorRightsDto {
  @ApiProperty({ enum: rightsPresets, example: 'publish-to-dev' }) @IsIn(rightsPresets) preset!: RightsPreset;
  @ApiPropertyOptional({ type: PublishRightsDto, description: 'Of the preset custom.' })
  @ValidateIf(({ preset }: SetAuthorRightsDto) => preset === 'custom')
  @IsDefined({ message: 'rights must be given with the preset custom.' })
  @ValidateNested()
  @Type(() => PublishRightsDto)
  rights?: PublishRightsDto;
}

export class AuthorKeyDto {
  @ApiProperty({ example: 3 }) id!: number;
  @ApiProperty({ example: 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855', description: 'SHA-256 of the key.' })
  key_id!: string;
  @ApiProperty({ enum: authorKeyStates, example: 'known', description: 'conflict: another key was known when it came.' })
  state!: AuthorKeyState;
  @ApiProperty({ type: String, nullable: true, example: null, description: 'The server that vouched for it; null: from its registration.' })
  introduced_by!: string | null;
  @ApiProperty({ example: 1510370154 }) first_seen_ts!: number;

  static from({ id, keyId, state, introducedBy, firstSeenMs }: AuthorKey): AuthorKeyDto {
    return { id, key_id: keyId, state, introduced_by: introducedBy, first_seen_ts: unixSeconds(firstSeenMs) };
  }
}

export class AuthorDto {
  @ApiProperty({ example: 'e7becdda9a9046f6a78f69ef591e9835' }) iss!: string;
  @ApiProperty({ type: String, nullable: true, example: 'Example ODS 2', description: 'Null of a server that is not registered here.' })
  name!: string | null;
  @ApiProperty({ enum: rightsPresets, example: 'full' }) preset!: RightsPreset;
  @ApiProperty({ type: PublishRightsDto }) rights!: PublishRightsDto;
  @ApiProperty({
    example: false,
    description: 'Neither an administrator nor an invitation has decided: the setting NEW_SERVER_RIGHTS counts.',
  })
  is_default!: boolean;
  @ApiProperty({ type: [AuthorKeyDto] }) keys!: AuthorKeyDto[];

  static from({ iss, name, preset, rights, isDefault, keys }: Author): AuthorDto {
    return {
      iss,
      name,
      preset,
      rights: PublishRightsDto.from(rights),
      is_default: isDefault,
      keys: keys.map((key) => AuthorKeyDto.from(key)),
    };
  }
}

export class AuthorListDto {
  @ApiProperty({ type: [AuthorDto] }) items!: AuthorDto[];
  @ApiProperty({ example: false, description: 'Whether entries without a signature are accepted (ACCEPT_UNSIGNED_WRITES).' })
  accepts_unsigned!: boolean;
}

export class RefusedWriteDto {
  @ApiProperty({ example: 7 }) id!: number;
  @ApiProperty({ example: 'NoMAD.pkg' }) filename!: string;
  @ApiProperty({ enum: refusalCodes, example: 'rights' }) code!: RefusalCode;
  @ApiProperty({ example: 'The server e7becdda9a9046f6a78f69ef591e9835 may not delete packages here: NoMAD.pkg was left as it is.' })
  reason!: string;
  @ApiProperty({ example: true, description: 'Whether an administrator may accept it.' }) acceptable!: boolean;
  @ApiProperty({ example: 'e7becdda9a9046f6a78f69ef591e9835', description: 'The registered server that sent it.' }) peer_iss!: string;
  @ApiProperty({ example: 'Example ODS 2' }) peer_name!: string;
  @ApiProperty({ type: String, nullable: true, example: 'e7becdda9a9046f6a78f69ef591e9835' }) author_iss!: string | null;
  @ApiProperty({ type: [Object], description: 'The refused writes as they came; empty when they could not be read.' }) writes!: unknown[];
  @ApiProperty({ example: 1510370154 }) received_ts!: number;

  static from({ id, filename, code, reason, peerIss, peerName, authorIss, writes, receivedMs }: RefusedWrite): RefusedWriteDto {
    return {
      ...{ id, filename, code, reason, peer_iss: peerIss, peer_name: peerName, author_iss: authorIss },
      acceptable: code === 'rights' && writes !== null,
      writes: writes === null ? [] : (JSON.parse(writes) as unknown[]),
      received_ts: unixSeconds(receivedMs),
    };
  }
}

export class RefusedWriteListDto {
  @ApiProperty({ type: [RefusedWriteDto] }) items!: RefusedWriteDto[];
  @ApiProperty({ example: 3, description: 'All that are kept; `items` has the newest 200.' }) total!: number;
}
