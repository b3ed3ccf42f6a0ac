import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsBoolean } from 'class-validator';
import { MayBeLeftOut } from '#libs/platform/http/may-be-left-out.decorator.js';
import type { DownloadRule } from '../access/download-settings.repository.js';

export class UpdateDownloadSettingsDto {
  @ApiPropertyOptional({
    example: true,
    description: 'Whether packages are downloaded with a link only (`createDownloadLink`). Other servers go on fetching as they do.',
  })
  @MayBeLeftOut()
  @IsBoolean({ message: 'link_required must be true or false' })
  link_required?: boolean;

  toRule(): Partial<DownloadRule> {
    return this.link_required === undefined ? {} : { linkRequired: this.link_required };
  }
}

export class DownloadSettingsDto {
  @ApiProperty({ example: false, description: 'False: `/share` is open to whoever reaches this server.' }) link_required!: boolean;

  static from({ linkRequired }: DownloadRule): DownloadSettingsDto {
    return { link_required: linkRequired };
  }
}
