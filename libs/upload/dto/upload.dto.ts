import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsBoolean, IsOptional } from 'class-validator';
import { PackageDto } from '#libs/packages/dto/package.dto.js';
import { stages, type Stage } from '#libs/replication/stage.js';

/** The form of an upload, for the API description. */
export class UploadFormDto {
  @ApiProperty({ type: 'string', format: 'binary', description: 'The package; its filename becomes the public name.' }) file!: string;
  @ApiPropertyOptional({ enum: stages, example: 'Prod', description: "The server's own stage when not given." }) stage?: Stage;
  @ApiPropertyOptional({ example: 'Approved by the security team', maxLength: 2_000 }) notes?: string;
  @ApiPropertyOptional({ enum: ['true', 'false'], description: 'Replace another content of the same name, on every server.' })
  replace?: string;
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
}

export class UploadedDto extends PackageDto {
  @ApiProperty({ example: false, description: 'True: the same name with the same content was there already; nothing was changed.' })
  already_existed!: boolean;
}
