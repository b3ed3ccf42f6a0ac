import type { Config } from '#libs/platform/config/config.js';

/** Begins the names of staging files that belong to uploads. */
export const UPLOAD_PREFIX = 'upload-';

export const idleMs = (config: Config): number => config.get('UPLOAD_IDLE_SECONDS') * 1_000;

/** A live upload touches its staging file this often, in milliseconds, also while nothing arrives. */
export const touchEveryMs = (config: Config): number => idleMs(config) / 4;

/** A staging file that was not touched for this long belongs to an upload that died with its process, in milliseconds. */
export const deadAfterMs = (config: Config): number => idleMs(config) * 5;
