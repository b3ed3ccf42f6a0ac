import { ApiPropertyOptional } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsBoolean, IsIn, IsOptional, IsString, Matches, MaxLength } from 'class-validator';
import { stages, type Stage } from '#libs/replication/stage.js';
import { MAX_NOTES } from '../upload-fields.js';
import { confirmText } from './upload.dto.js';

export const asBoolean = ({ value }: { value: unknown }): unknown => (value === 'true' || value === '' ? true : value === 'false' ? false : value);

/** What is said of a package whose body is the file itself. */
export class RawUploadQueryDto {
  @ApiPropertyOptional({
    enum: stages,
    example: 'Prod',
    description:
      "Without it a package that exists keeps its stage, and a new one gets this server's. The same content again changes no stage.",
  })
  @IsOptional()
  @IsIn(stages)
  stage?: Stage;

  @ApiPropertyOptional({ example: 'Approved by the security team', maxLength: MAX_NOTES })
  @IsOptional()
  @IsString()
  @MaxLength(MAX_NOTES)
  notes?: string;

  @ApiPropertyOptional({ example: false, description: 'Replace another content of the same name, on every server.' })
  @IsOptional()
  @Transform(asBoolean)
  @IsBoolean({ message: 'replace must be true or false' })
  replace?: boolean;

  @ApiPropertyOptional({ example: false, description: confirmText })
  @IsOptional()
  @Transform(asBoolean)
  @IsBoolean({ message: 'confirm must be true or false' })
  confirm?: boolean;

  @ApiPropertyOptional({
    example: 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    description: 'The SHA-256 that the file must have; with another one it is refused.',
  })
  @IsOptional()
  @Matches(/^[0-9a-f]{64}$/i, { message: 'sha256 must be 64 hexadecimal digits' })
  sha256?: string;
}
