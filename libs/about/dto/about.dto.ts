import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsBoolean, IsIn, IsOptional, IsString, MaxLength } from 'class-validator';
import { MayBeLeftOut } from '#libs/platform/http/may-be-left-out.decorator.js';
import { stages, type Stage } from '#libs/replication/stage.js';
import type { Identity } from '../server-identity.js';
import { NAME_LIMIT } from '../server-name.js';
import { URL_LIMIT } from '../server-url.js';

export class AboutDto {
  @ApiProperty({ example: false }) firewalled_mode!: boolean;
  @ApiProperty({ example: 'e7becdda9a9046f6a78f69ef591e9835' }) iss!: string;
  @ApiProperty({
    example: 'r3Yt354eDTY0JkaiObpsM4krfkDzdZD9NNYwDr9aSk0=',
    description: 'The registration key: whoever has it may register with this server.',
  })
  key!: string;
  @ApiProperty({ example: 'Example ODS' }) name!: string;
  @ApiProperty({ enum: stages, example: 'Prod' }) stage!: Stage;
  @ApiProperty({ type: String, nullable: true, example: 'http://192.168.99.100' }) url!: string | null;

  static from({ firewalledMode, iss, registrationKey, name, stage, url }: Identity): AboutDto {
    return { firewalled_mode: firewalledMode, iss, key: registrationKey, name, stage, url };
  }
}

const modes: Readonly<Record<string, boolean>> = { Enabled: true, Disabled: false };

export class UpdateAboutDto {
  @ApiPropertyOptional({ example: 'Example ODS', maxLength: NAME_LIMIT })
  @MayBeLeftOut()
  @IsString()
  @MaxLength(NAME_LIMIT)
  name?: string;

  @ApiPropertyOptional({
    example: 'http://192.168.99.100',
    maxLength: URL_LIMIT,
    description: 'Where peers and clients reach this server.',
  })
  @MayBeLeftOut()
  @IsString()
  @MaxLength(URL_LIMIT)
  url?: string;

  @ApiPropertyOptional({ enum: stages, example: 'Prod' })
  @MayBeLeftOut()
  @IsIn(stages, { message: `stage must be one of ${stages.join(', ')}` })
  stage?: Stage;

  @ApiPropertyOptional({
    example: 'Disabled',
    oneOf: [{ type: 'string', enum: ['Enabled', 'Disabled'] }, { type: 'boolean' }],
    description: 'A firewalled server cannot be called by its peers and does all the calling itself.',
  })
  @MayBeLeftOut()
  @Transform(({ value }: { value: unknown }) => (typeof value === 'string' ? (modes[value] ?? value) : value))
  @IsBoolean({ message: 'firewalled_mode must be Enabled or Disabled' })
  firewalled_mode?: boolean;

  @ApiPropertyOptional({ description: 'Cannot be set; sending it is refused.', readOnly: true })
  @IsOptional()
  iss?: unknown;

  @ApiPropertyOptional({ description: 'Cannot be set; rotate it instead.', readOnly: true })
  @IsOptional()
  key?: unknown;
}
