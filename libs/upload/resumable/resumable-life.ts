import type { Principal } from '#libs/platform/admin-api/principal.js';
import type { ResumableUpload } from '#libs/entities/resumable-upload.entity.js';
import type { Published } from '#libs/packages/content-publisher.js';
import type { Config } from '#libs/platform/config/config.js';

/** How far an upload is. */
export interface Progress {
  readonly upload: ResumableUpload;
  /** When this very request completed it. */
  readonly published: Published | null;
}

const HOUR = 3_600_000;

/** Begins the names of staging files of resumable uploads. */
export const RESUMABLE_PREFIX = 'resumable-';
export const stagingOf = (id: string): string => `${RESUMABLE_PREFIX}${id}`;

/** Uploads belong to whoever began them. */
export const ownerOf = ({ kind, id }: Pick<Principal, 'kind' | 'id'>): string => `${kind}:${id}`;

/** Each request that brings something postpones it. */
export const expiryOf = (config: Config, now: number): number => now + config.get('UPLOAD_EXPIRY_HOURS') * HOUR;
