import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { ArrayMaxSize, IsArray, IsBoolean, IsNotEmpty, IsObject, IsOptional, IsString, MaxLength } from 'class-validator';
import { MUNKI_PREFIX } from '#libs/replication/space.js';
import type { StoredPkginfo } from '../pkginfo-maker.js';

export class MakePkginfoDto {
  @ApiProperty({ example: 'Firefox-128.0.pkg', description: 'A package that this server has.' })
  @IsString()
  @IsNotEmpty()
  @MaxLength(255)
  filename!: string;

  @ApiPropertyOptional({ example: 'Firefox', description: 'Name of the item; the title of the package without it.' })
  @IsOptional()
  @IsString()
  @IsNotEmpty()
  @MaxLength(100)
  name?: string;

  @ApiPropertyOptional({ type: [String], example: ['testing'], default: ['testing'] })
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(20)
  @IsString({ each: true })
  @MaxLength(100, { each: true })
  catalogs?: string[];

  @ApiPropertyOptional({ example: 'apps/mozilla', default: '', description: 'Folder of the file below pkgsinfo.' })
  @IsOptional()
  @IsString()
  @MaxLength(200)
  folder?: string;

  @ApiPropertyOptional({
    type: 'object',
    additionalProperties: true,
    example: { display_name: 'Mozilla Firefox', unattended_install: true },
    description:
      'Keys of the pkginfo that are other than what is made of the package; null takes a key away. `{"$date": "2026-11-28T05:00:00Z"}` is a date, `{"$data": "base64"}` data.',
  })
  @IsOptional()
  @IsObject()
  overrides?: Record<string, unknown>;

  @ApiPropertyOptional({ example: false, description: 'Replace a pkginfo file that names another content.' })
  @IsOptional()
  @IsBoolean()
  replace?: boolean;
}

export class MadePkginfoDto {
  @ApiProperty({ example: 'pkgsinfo/apps/mozilla/Firefox-128.0.plist' }) path!: string;
  @ApiProperty({ example: false, description: 'It was there already for the same content; nothing was written.' })
  already_existed!: boolean;
  @ApiProperty({ example: 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855', description: 'Of the pkginfo file.' })
  sha256!: string;
  @ApiProperty({
    type: [String],
    example: [],
    description: 'What Munki needs and the package does not say, in sentences.',
  })
  missing!: string[];

  static from({ file, alreadyExisted, missing }: StoredPkginfo): MadePkginfoDto {
    const { filename, sha256 } = file;
    return { path: filename.slice(MUNKI_PREFIX.length), already_existed: alreadyExisted, sha256, missing: [...missing] };
  }
}
