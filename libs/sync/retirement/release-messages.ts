import { ArrayMaxSize, ArrayMinSize, IsArray, IsString, Matches } from 'class-validator';

/** Contents that are offered in one call. */
export const RELEASE_LIMIT = 100;

/** Body of `POST /api/ods/contents/release` (MESH §5): contents that the sender would remove. */
export class ReleaseOfferDto {
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(RELEASE_LIMIT)
  @IsString({ each: true })
  @Matches(/^[0-9a-f]{32}$/, { each: true })
  uuids!: string[];
}

/** Its answer: those of them that the receiver promises to keep. */
export interface ReleaseAnswer {
  readonly kept: readonly string[];
}

/** Only what was asked about counts; anything else than an answer is a no. */
export function readReleaseAnswer(value: unknown, asked: readonly string[]): string[] {
  const kept = (value as { kept?: unknown } | null)?.kept;
  return Array.isArray(kept) ? asked.filter((uuid) => kept.includes(uuid)) : [];
}
