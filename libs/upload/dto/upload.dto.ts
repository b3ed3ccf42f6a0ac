import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsBoolean, IsOptional } from 'class-validator';
import { PackageDto } from '#libs/packages/dto/package.dto.js';
import type { Published } from '#libs/packages/content-publisher.js';
import { stages, type Stage } from '#libs/replication/stage.js';
import { type WarningCode, warningCodes, warningsOf } from '../upload-warnings.js';

export const confirmText =
  'Says that it is meant when a large part of all packages is replaced within a short time; without it that is refused with 409.';

/** The form of an upload, for the API description. */
export class UploadFormDto {
  @ApiProperty({ type: 'string', format: 'binary', description: 'The package; its filename becomes the public name.' }) file!: string;
  @ApiPropertyOptional({
    enum: stages,
    example: 'Prod',
    description:
      "Without it a package that exists keeps its stage, and a new one gets this server's. The same content again changes no stage.",
  })
  stage?: Stage;
  @ApiPropertyOptional({ example: 'Approved by the security team', maxLength: 2_000 }) notes?: string;
  @ApiPropertyOptional({ enum: ['true', 'false'], description: 'Replace another content of the same name, on every server.' })
  replace?: string;
  @ApiPropertyOptional({ enum: ['true', 'false'], description: confirmText }) confirm?: string;
  @ApiPropertyOptional({
    example: 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    description: 'The SHA-256 that the file must have; with another one it is refused.',
  })
  sha256?: string;
}

export class UploadQueryDto {
  @ApiPropertyOptional({ example: false, description: 'Replace another content of the same name, on every server.' })
  @IsOptional()
  @Transform(({ value }: { value: unknown }) => (value === 'true' ? true : value === 'false' ? false : value))
  @IsBoolean({ message: 'replace must be true or false' })
  replace?: boolean;

  @ApiPropertyOptional({ example: false, description: confirmText })
  @IsOptional()
  @Transform(({ value }: { value: unknown }) => (value === 'true' ? true : value === 'false' ? false : value))
  @IsBoolean({ message: 'confirm must be true or false' })
  confirm?: boolean;
}

export class UploadWarningDto {
  @ApiProperty({ enum: warningCodes, example: 'not-served-here' }) code!: WarningCode;
  @ApiProperty({ example: 'This server does not serve packages of stage Dev.' }) detail!: string;
}

export class UploadedDto extends PackageDto {
  @ApiProperty({ example: false, description: 'True: the same name with the same content was there already; nothing was changed.' })
  already_existed!: boolean;

  @ApiProperty({ type: [UploadWarningDto], description: 'What to know although the package is published; usually empty.' })
  warnings!: UploadWarningDto[];

  static of({ package: row, alreadyExisted }: Published): UploadedDto {
    return { ...PackageDto.from(row), already_existed: alreadyExisted, warnings: warningsOf(row) };
  }
}
