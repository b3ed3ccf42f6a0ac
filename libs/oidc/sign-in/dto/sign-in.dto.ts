import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsString, MaxLength } from 'class-validator';
import { MayBeLeftOut } from '#libs/platform/http/may-be-left-out.decorator.js';

export class OidcButtonDto {
  @ApiProperty({ example: true, description: 'Whether the sign-in page shows a button for it.' }) enabled!: boolean;
  @ApiProperty({ example: 'Example Ltd', description: 'The button says: Sign in with …' }) label!: string;

  static from(label: string | null): OidcButtonDto {
    return { enabled: label !== null, label: label ?? '' };
  }
}

export class BeginOidcDto {
  @ApiPropertyOptional({ example: '/packages', maxLength: 1_000, description: 'The page of the console to open after the sign-in.' })
  @MayBeLeftOut()
  @IsString()
  @MaxLength(1_000)
  then?: string;
}

export class OidcBegunDto {
  @ApiProperty({ example: 'https://login.example.com/authorize?client_id=…', description: 'Where the browser signs in.' }) url!: string;
}

export class OidcEndSessionDto {
  @ApiProperty({
    type: String,
    nullable: true,
    example: 'https://login.example.com/logout?client_id=…',
    description: 'Where a person also signs out at the provider; null when it has no such page.',
  })
  url!: string | null;
}
