import { isTextSignedWith } from '#libs/platform/crypto/es256.js';
import type { SignedSummary } from '#libs/replication/server-summary.js';

/** Whether the summary was signed with this key. */
export const isSignedWith = (publicKey: string, { body, signature }: SignedSummary): boolean =>
  isTextSignedWith(publicKey, body, signature);
