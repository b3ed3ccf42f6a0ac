import { createHmac } from 'node:crypto';
import { secretsEqual } from '#libs/platform/crypto/digest.js';
import { filenameKey } from '#libs/packages/filename.js';

/** What a link opens: these bytes under this name. */
export interface LinkedContent {
  readonly filename: string;
  readonly sha256: string;
}

/** The parameters that a download shows, as they came. */
export interface DownloadLink {
  /** Unix time in seconds. */
  readonly expires: unknown;
  readonly signature: unknown;
}

const expiry = /^[1-9]\d{0,11}$/;

/** HMAC-SHA256 over the name in any spelling, the content and the end; base64url. */
export const signatureOf = (key: Buffer, { filename, sha256 }: LinkedContent, expires: string): string =>
  createHmac('sha256', key)
    .update(['v1', filenameKey(filename), sha256, expires].join('\n'))
    .digest('base64url');

/** Whether the link was made for this content under this name. It may have ended. */
export const isSignedFor = (key: Buffer, content: LinkedContent, { expires, signature }: DownloadLink): boolean =>
  typeof expires === 'string' &&
  typeof signature === 'string' &&
  expiry.test(expires) &&
  secretsEqual(signature, signatureOf(key, content, expires));

/** What stands behind the server's own address. */
export const linkPath = (key: Buffer, content: LinkedContent, expires: number): string =>
  `/share/${encodeURIComponent(content.filename)}?expires=${expires}&signature=${signatureOf(key, content, String(expires))}`;
