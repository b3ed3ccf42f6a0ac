import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { ArrayMaxSize, IsArray, IsBoolean, IsIn, IsString, Matches, MaxLength, MinLength, ValidateNested } from 'class-validator';
import type { OidcSettings } from '#libs/entities/oidc-settings.entity.js';
import { type Role, roles } from '#libs/entities/user.entity.js';
import { MayBeLeftOut } from '#libs/platform/http/may-be-left-out.decorator.js';
import type { ProviderChecked } from '../../provider/provider-check.js';
import { groupRolesOf } from '../../sign-in/role-of-groups.js';
import { callbackUrlOf } from '../issuer-url.js';
import type { OidcInput } from '../oidc-settings.service.js';

export const MOST_GROUPS = 100;
const plain = /^\P{Cc}*$/u;
const noControls = { message: '$property must not have control characters' };

export class GroupRoleDto {
  @ApiProperty({
    example: 'ods-publishers',
    minLength: 1,
    maxLength: 255,
    description: 'As the provider sends it: a name, or an id. Compared exactly.',
  })
  @IsString()
  @MinLength(1)
  @MaxLength(255)
  @Matches(plain, noControls)
  group!: string;
  @ApiProperty({ enum: roles, example: 'publisher' })
  @IsIn(roles, { message: `role must be one of ${roles.join(', ')}` })
  role!: Role;
}

export class SetOidcDto {
  @ApiProperty({ example: true, description: 'Shows the button on the sign-in page.' }) @IsBoolean() enabled!: boolean;
  @ApiProperty({ example: 'https://login.example.com', maxLength: 255, description: 'Exactly as the provider writes it.' })
  @IsString()
  @MaxLength(255)
  issuer!: string;
  @ApiProperty({ example: '3fa85f64-5717-4562-b3fc-2c963f66afa6', minLength: 1, maxLength: 255 })
  @IsString()
  @MinLength(1)
  @MaxLength(255)
  @Matches(plain, noControls)
  client_id!: string;
  @ApiPropertyOptional({ example: 'vermilion otter', minLength: 1, maxLength: 1_000, description: 'Left out: the one that is saved.' })
  @MayBeLeftOut()
  @IsString()
  @MinLength(1)
  @MaxLength(1_000)
  client_secret?: string;
  @ApiProperty({ example: 'openid profile email', maxLength: 500, description: 'Separated by spaces; openid must be among them.' })
  @IsString()
  @MaxLength(500)
  @Matches(/^[\x21\x23-\x5b\x5d-\x7e ]*$/, { message: 'scopes must be words separated by spaces' })
  scopes!: string;
  @ApiProperty({
    example: 'groups',
    minLength: 1,
    maxLength: 100,
    description:
      'The claim that names the groups of a person, in the ID token or in the answer of the userinfo endpoint: a list, or one text.',
  })
  @IsString()
  @MinLength(1)
  @MaxLength(100)
  @Matches(plain, noControls)
  groups_claim!: string;
  @ApiProperty({ type: [GroupRoleDto], maxItems: MOST_GROUPS, description: 'Of several groups the one with the most rights counts.' })
  @IsArray()
  @ArrayMaxSize(MOST_GROUPS)
  @ValidateNested({ each: true })
  @Type(() => GroupRoleDto)
  group_roles!: GroupRoleDto[];
  @ApiProperty({ example: 'Example Ltd', minLength: 1, maxLength: 60, description: 'The button says: Sign in with …' })
  @IsString()
  @MinLength(1)
  @MaxLength(60)
  @Matches(/^(?!\s)[^\p{Cc}\p{Cf}]+(?<!\s)$/u, { message: 'label must not begin or end with a space, nor have invisible characters' })
  label!: string;
  @ApiProperty({ example: 'https://ods.example.com', maxLength: 255, description: 'Where people open the console.' })
  @IsString()
  @MaxLength(255)
  console_url!: string;
}

export const inputOf = (dto: SetOidcDto): OidcInput => ({
  ...{ enabled: dto.enabled, issuer: dto.issuer, clientId: dto.client_id, clientSecret: dto.client_secret, scopes: dto.scopes },
  ...{ groupsClaim: dto.groups_claim, label: dto.label, consoleUrl: dto.console_url },
  groupRoles: dto.group_roles.map(({ group, role }) => ({ group, role })),
});

export class OidcSettingsDto {
  @ApiProperty({ example: true, description: 'Whether settings are saved.' }) is_set_up!: boolean;
  @ApiProperty({ example: true, description: 'Whether the sign-in page shows the button.' }) enabled!: boolean;
  @ApiProperty({ example: 'https://login.example.com', description: 'Empty until it is set up.' }) issuer!: string;
  @ApiProperty({ example: '3fa85f64-5717-4562-b3fc-2c963f66afa6' }) client_id!: string;
  @ApiProperty({ example: true, description: 'Whether a secret is saved. It is never shown.' }) has_secret!: boolean;
  @ApiProperty({ example: 'openid profile email' }) scopes!: string;
  @ApiProperty({ example: 'groups' }) groups_claim!: string;
  @ApiProperty({ type: [GroupRoleDto] }) group_roles!: GroupRoleDto[];
  @ApiProperty({ example: 'Example Ltd' }) label!: string;
  @ApiProperty({ example: 'https://ods.example.com' }) console_url!: string;
  @ApiProperty({
    example: 'https://ods.example.com/api/admin/auth/oidc/callback',
    description: 'The redirect URI to enter at the provider. Empty until it is set up.',
  })
  callback_url!: string;

  static from(row: OidcSettings | null): OidcSettingsDto {
    if (!row) return untouched;
    return {
      ...{ is_set_up: true, enabled: row.enabled, issuer: row.issuer, client_id: row.clientId, has_secret: true, scopes: row.scopes },
      ...{ groups_claim: row.groupsClaim, group_roles: groupRolesOf(row.groupRoles), label: row.label, console_url: row.consoleUrl },
      callback_url: callbackUrlOf(row.consoleUrl),
    };
  }
}

const untouched: OidcSettingsDto = {
  ...{ is_set_up: false, enabled: false, issuer: '', client_id: '', has_secret: false, scopes: 'openid profile email' },
  ...{ groups_claim: 'groups', group_roles: [], label: '', console_url: '', callback_url: '' },
};

export class OidcTestedDto {
  @ApiProperty({ example: true }) ok!: boolean;
  @ApiProperty({ example: 'The provider answers, offers what is needed, and accepts the client ID and the secret.' }) detail!: string;

  static from({ ok, detail }: ProviderChecked): OidcTestedDto {
    return { ok, detail };
  }
}
