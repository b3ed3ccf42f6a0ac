import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsBoolean, IsIn, IsString, Matches, MaxLength, MinLength } from 'class-validator';
import { isExternal, type Role, roles, type User } from '#libs/entities/user.entity.js';
import { isoSeconds, unixSeconds } from '#libs/platform/format/dates.js';
import { MayBeLeftOut } from '#libs/platform/http/may-be-left-out.decorator.js';

/** Longer than any password that can be set, so that the rules for passwords report the fault. */
const LONGEST_INPUT = 1_024;
const roleMessage = { message: `role must be one of ${roles.join(', ')}` };
/** Neither control characters nor spaces at the ends: such names look like others. */
const plainName = /^(?![\s])[^\p{Cc}\p{Cf}\p{Cs}]+(?<![\s])$/u;

export class CreateUserDto {
  @ApiProperty({ example: 'anna', minLength: 1, maxLength: 64, description: 'Compared without case.' })
  @IsString()
  @MinLength(1)
  @MaxLength(64)
  @Matches(plainName, { message: 'username must not begin or end with a space, nor have invisible characters' })
  username!: string;

  @ApiPropertyOptional({
    example: 'vermilion otter teapot',
    format: 'password',
    minLength: 12,
    maxLength: 256,
    description: 'For the first sign-in, which asks for another one. A service account has none.',
  })
  @MayBeLeftOut()
  @IsString()
  @MaxLength(LONGEST_INPUT)
  password?: string;

  @ApiPropertyOptional({ example: false, default: false, description: 'The account of a program: it has tokens, and cannot sign in.' })
  @MayBeLeftOut()
  @IsBoolean()
  service?: boolean;

  @ApiProperty({ enum: roles, example: 'publisher' })
  @IsIn(roles, roleMessage)
  role!: Role;
}

export class UpdateUserDto {
  @ApiPropertyOptional({ enum: roles, example: 'viewer', description: 'Counts at once, also for those who are signed in.' })
  @MayBeLeftOut()
  @IsIn(roles, roleMessage)
  role?: Role;

  @ApiPropertyOptional({ example: false, description: 'True ends all sign-ins of the user, and lets no new one begin.' })
  @MayBeLeftOut()
  @IsBoolean()
  disabled?: boolean;

  @ApiPropertyOptional({
    example: 'lantern walrus gravel',
    format: 'password',
    minLength: 12,
    maxLength: 256,
    description: 'Ends all sign-ins of the user; the next one asks for another password.',
  })
  @MayBeLeftOut()
  @IsString()
  @MaxLength(LONGEST_INPUT)
  password?: string;
}

export class UserDto {
  @ApiProperty({ example: 2 }) id!: number;
  @ApiProperty({ example: 'anna' }) username!: string;
  @ApiProperty({ enum: roles, example: 'publisher' }) role!: Role;
  @ApiProperty({ example: false }) disabled!: boolean;
  @ApiProperty({ example: true, description: 'The password was given by an administrator and was not changed yet.' })
  password_change_required!: boolean;
  @ApiProperty({ example: false, description: 'The account of a program: it has tokens, and cannot sign in.' }) service!: boolean;
  @ApiProperty({
    example: false,
    description: 'Signs in with the company (OpenID Connect): the role comes from its groups there, and it has no password here.',
  })
  external!: boolean;
  @ApiProperty({ example: '2017-11-11T03:15:54' }) created!: string;
  @ApiProperty({ example: 1510370154 }) created_ts!: number;
  @ApiProperty({ type: Number, nullable: true, example: 1510370200, description: 'Unix time of the last sign-in.' })
  last_login_ts!: number | null;

  static from(user: User): UserDto {
    const { id, username, role, disabled, mustChangePassword, service, createdMs, lastLoginMs } = user;
    return {
      id,
      username,
      role,
      disabled,
      password_change_required: mustChangePassword,
      service,
      external: isExternal(user),
      created: isoSeconds(createdMs),
      created_ts: unixSeconds(createdMs),
      last_login_ts: lastLoginMs === null ? null : unixSeconds(lastLoginMs),
    };
  }
}

export class UserListDto {
  @ApiProperty({ type: [UserDto] }) items!: UserDto[];
}
