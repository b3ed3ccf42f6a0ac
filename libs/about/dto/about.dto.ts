import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsBoolean, IsIn, IsOptional, IsString, Length, MaxLength } from 'class-validator';
import { stages, type Stage } from '#libs/replication/stage.js';
import type { Identity } from '../server-identity.js';

export class AboutDto {
  @ApiProperty({ example: false }) firewalled_mode!: boolean;
  @ApiProperty({ example: 'e7becdda9a9046f6a78f69ef591e9835' }) iss!: string;
  @ApiProperty({ example: 'r3Yt354eDTY0JkaiObpsM4krfkDzdZD9NNYwDr9aSk0=', description: 'The registration key: whoever has it may register with this server.' })
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
  @ApiPropertyOptional({ example: 'Example ODS', maxLength: 100 })
  @IsOptional()
  @IsString()
  @Length(1, 100)
  name?: string;

  @ApiPropertyOptional({ example: 'http://192.168.99.100', maxLength: 500, description: 'Where peers and clients reach this server.' })
  @IsOptional()
  @IsString()
  @MaxLength(500)
  url?: string;

  @ApiPropertyOptional({ enum: stages, example: 'Prod' })
  @IsOptional()
  @IsIn(stages, { message: `stage must be one of ${stages.join(', ')}` })
  stage?: Stage;

  @ApiPropertyOptional({
    example: 'Disabled',
    oneOf: [{ type: 'string', enum: ['Enabled', 'Disabled'] }, { type: 'boolean' }],
    description: 'A firewalled server cannot be called by its peers and does all the calling itself.',
  })
  @IsOptional()
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
