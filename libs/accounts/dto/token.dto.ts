import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { ArrayMaxSize, ArrayMinSize, ArrayUnique, IsArray, IsIn, IsInt, IsString, Matches, Max, MaxLength, Min } from 'class-validator';
import { type Role, roles } from '#libs/entities/user.entity.js';
import { isoSeconds, unixSeconds } from '#libs/platform/format/dates.js';
import { MayBeLeftOut } from '#libs/platform/http/may-be-left-out.decorator.js';
import { stages, type Stage } from '#libs/replication/stage.js';
import { type IssuedToken, stagesOf, type TokenOfAccount } from '../api-tokens.service.js';

const plainName = /^(?!\s)[^\p{Cc}\p{Cf}\p{Cs}]+(?<!\s)$/u;

export class CreateTokenDto {
  @ApiProperty({ example: 'build server', minLength: 1, maxLength: 100, description: 'Stands in the audit trail for whatever it does.' })
  @IsString()
  @MaxLength(100)
  @Matches(plainName, { message: 'name must not be empty, begin or end with a space, nor have invisible characters' })
  name!: string;

  @ApiProperty({ enum: roles, example: 'publisher' })
  @IsIn(roles, { message: `role must be one of ${roles.join(', ')}` })
  role!: Role;

  @ApiPropertyOptional({ example: 365, minimum: 1, maximum: 3_650, description: 'Without it the token is good until it is revoked.' })
  @MayBeLeftOut()
  @IsInt()
  @Min(1)
  @Max(3_650)
  expires_in_days?: number;

  @ApiPropertyOptional({
    enum: stages,
    isArray: true,
    example: ['Dev', 'Test'],
    description: 'With the role publisher: changes nothing that is in another stage, and moves nothing there. Without it: all stages.',
  })
  @MayBeLeftOut()
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(stages.length)
  @ArrayUnique()
  @IsIn(stages, { each: true, message: `stages must be of ${stages.join(', ')}` })
  stages?: Stage[];

  @ApiPropertyOptional({
    example: 'build-service',
    maxLength: 64,
    description: 'The service account that it belongs to. Without it: your own account, with which it ends.',
  })
  @MayBeLeftOut()
  @IsString()
  @MaxLength(64)
  account?: string;
}

export class TokenDto {
  @ApiProperty({ example: 1 }) id!: number;
  @ApiProperty({ example: 'build server' }) name!: string;
  @ApiProperty({ example: 'ods_h7Qa', description: 'How the secret begins.' }) hint!: string;
  @ApiProperty({ enum: roles, example: 'publisher' }) role!: Role;
  @ApiProperty({ enum: stages, isArray: true, nullable: true, example: ['Dev', 'Test'], description: 'Null: all.' }) stages!:
    Stage[] | null;
  @ApiProperty({ type: Number, nullable: true, example: 1541906154, description: 'Unix time; null: never.' }) expires_ts!: number | null;
  @ApiProperty({ example: '2017-11-11T03:15:54' }) created!: string;
  @ApiProperty({ example: 1510370154 }) created_ts!: number;
  @ApiProperty({ example: 'admin' }) created_by!: string;
  @ApiProperty({
    type: String,
    nullable: true,
    example: 'admin',
    description: 'The account that it belongs to and never does more than; null: the account is gone, and the token is good for nothing.',
  })
  account!: string | null;
  @ApiProperty({ type: Number, nullable: true, example: 1510370200, description: 'Unix time, to about a minute.' })
  last_used_ts!: number | null;

  static from({ token, account }: TokenOfAccount): TokenDto {
    const { id, name, hint, role, expiresMs, createdMs, createdBy, lastUsedMs } = token;
    return {
      ...{ id, name, hint, role },
      stages: stagesOf(token),
      expires_ts: expiresMs === null ? null : unixSeconds(expiresMs),
      created: isoSeconds(createdMs),
      created_ts: unixSeconds(createdMs),
      created_by: createdBy,
      account: account?.username ?? null,
      last_used_ts: lastUsedMs === null ? null : unixSeconds(lastUsedMs),
    };
  }
}

export class IssuedTokenDto extends TokenDto {
  @ApiProperty({
    example: 'ods_h7QaV0eJm0mWlD3yC1n9cXoB5kqk2uEw8sTz6rLgPfA',
    description: 'Sent as "Authorization: Bearer …". Shown here and never again.',
  })
  token!: string;

  static issued(issued: IssuedToken): IssuedTokenDto {
    return { ...TokenDto.from(issued), token: issued.secret };
  }
}

export class TokenListDto {
  @ApiProperty({ type: [TokenDto] }) items!: TokenDto[];
}
