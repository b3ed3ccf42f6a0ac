import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsString, Matches, MaxLength, MinLength } from 'class-validator';
import { type Role, roles } from '#libs/entities/user.entity.js';
import { MayBeLeftOut } from '#libs/platform/http/may-be-left-out.decorator.js';
import { stages, type Stage } from '#libs/replication/stage.js';
import type { Principal } from '#libs/platform/admin-api/principal.js';
import type { SignedIn } from '../sessions.js';

/** Longer than any password that can be set: says "wrong", not "too long", to what was typed. */
const LONGEST_INPUT = 1_024;
/** Databases refuse them, and no name has them. */
const noControlCharacters = /^\P{Cc}*$/u;

export class LoginDto {
  @ApiProperty({ example: 'admin', maxLength: 64 })
  @IsString()
  @MinLength(1)
  @MaxLength(64)
  @Matches(noControlCharacters, { message: 'username must not have control characters' })
  username!: string;

  @ApiProperty({ example: 'vermilion otter teapot', format: 'password', maxLength: LONGEST_INPUT })
  @IsString()
  @MinLength(1)
  @MaxLength(LONGEST_INPUT)
  password!: string;

  @ApiPropertyOptional({
    example: 'K7QX-2MNP-8RTW',
    maxLength: 64,
    description: 'For the first sign-in from another machine: the code that the log of the server shows.',
  })
  @MayBeLeftOut()
  @IsString()
  @MaxLength(64)
  code?: string;
}

export class ChangePasswordDto {
  @ApiProperty({ example: 'ods1234!', format: 'password', maxLength: LONGEST_INPUT })
  @IsString()
  @MinLength(1)
  @MaxLength(LONGEST_INPUT)
  current_password!: string;

  @ApiProperty({
    example: 'vermilion otter teapot',
    format: 'password',
    minLength: 12,
    maxLength: 256,
    description: 'At least 12 characters, without the user name, and not one of the passwords that are tried first.',
  })
  @IsString()
  @MaxLength(LONGEST_INPUT)
  new_password!: string;
}

export class SignedInDto {
  @ApiProperty({
    example: 'eyJhbGciOiJIUzI1NiIs…',
    description: 'Sent as "Authorization: Bearer …" with every call.',
  })
  access_token!: string;

  @ApiProperty({ example: 'Bearer', enum: ['Bearer'] }) token_type!: 'Bearer';
  @ApiProperty({ example: 900, description: 'Seconds until the access token expires.' })
  expires_in!: number;

  @ApiProperty({
    example: false,
    description: 'True: everything but setting a new password is refused until then.',
  })
  password_change_required!: boolean;

  static from({ accessToken, expiresInSeconds, user }: SignedIn): SignedInDto {
    return {
      access_token: accessToken,
      token_type: 'Bearer',
      expires_in: expiresInSeconds,
      password_change_required: user.mustChangePassword,
    };
  }
}

export class MeDto {
  @ApiProperty({ example: 1 }) id!: number;
  @ApiProperty({ example: 'admin' }) username!: string;
  @ApiProperty({ example: 'admin', enum: roles }) role!: Role;
  @ApiProperty({
    example: 'user',
    enum: ['user', 'token'],
    description: 'A person who signed in, or a program with an API token.',
  })
  kind!: 'user' | 'token';

  @ApiProperty({ example: false }) password_change_required!: boolean;

  @ApiProperty({ enum: stages, isArray: true, nullable: true, example: null, description: 'Of a token that is limited to stages: which.' })
  stages!: Stage[] | null;

  @ApiProperty({ example: false, description: 'Signed in with the company (OpenID Connect): there is no password here to change.' })
  external!: boolean;

  static from({ id, username, role, kind, external, mustChangePassword, stages: limit }: Principal): MeDto {
    return { id, username, role, kind, external, password_change_required: mustChangePassword, stages: limit && [...limit] };
  }
}
