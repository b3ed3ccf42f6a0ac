import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsInt, Max, Min } from 'class-validator';
import { MayBeLeftOut } from '#libs/platform/http/may-be-left-out.decorator.js';
import type { SignedLink } from '../access/link-signer.js';

const DAY = 86_400;
export const USUAL_SECONDS = 7 * DAY;

export class CreateDownloadLinkDto {
  @ApiPropertyOptional({
    example: USUAL_SECONDS,
    default: USUAL_SECONDS,
    minimum: 60,
    maximum: 366 * DAY,
    description: 'Until it expires.',
  })
  @MayBeLeftOut()
  @IsInt()
  @Min(60)
  @Max(366 * DAY)
  expires_in_seconds?: number;
}

const path = '/share/NoMAD.pkg?expires=1541906154&signature=Hy3kTf0nS2mQyqQ5v1rYkq1rBB0m5cQ9X3T7pS0aA2E';

export class DownloadLinkDto {
  @ApiProperty({ example: 'NoMAD.pkg' }) filename!: string;
  @ApiProperty({ example: path, description: 'Where it is below the address of this server, for HEAD and GET.' }) path!: string;
  @ApiProperty({
    type: String,
    nullable: true,
    example: `http://192.168.99.100${path}`,
    description: "The same at the server's own URL; null while that is not set.",
  })
  url!: string | null;
  @ApiProperty({
    example: 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    description: 'The content that it opens: once the package is replaced it opens nothing.',
  })
  sha256!: string;
  @ApiProperty({ example: 1541906154, description: 'Unix time.' }) expires_ts!: number;

  static from({ filename, path: below, serverUrl, sha256, expires }: SignedLink, publicPath: string): DownloadLinkDto {
    const url = serverUrl === null ? null : `${serverUrl}${below}`;
    return { filename, path: `${publicPath}${below}`, url, sha256, expires_ts: expires };
  }
}
