import { hkdfSync } from 'node:crypto';
import type { Config } from '../config/config.js';

/** A key of its own for each use of SECRET_KEY (HKDF, RFC 5869), so that a value made for one use is worthless in another. 32 bytes. */
export const derivedKey = (config: Config, purpose: string): Buffer =>
  Buffer.from(hkdfSync('sha256', config.get('secretKey'), '', `ods ${purpose}`, 32));
