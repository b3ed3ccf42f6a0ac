import { Injectable } from '@nestjs/common';
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { Config } from '../config/config.js';

const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** Raised when a sealed value cannot be opened: the key that sealed it is not among DATABASE_KEY, or it was changed. */
export class SecretUnreadable extends Error {
  override readonly name = 'SecretUnreadable';
}

/**
 * Encrypts secrets at rest: AES-256-GCM (NIST SP 800-38D) under DATABASE_KEY. A sealed value names its key
 * (`v1.KEYID.BASE64URL(nonce|tag|text)`), so keys can be rotated; `purpose` is authenticated, so a value
 * cannot be moved to another column.
 */
@Injectable()
export class SecretBox {
  constructor(private readonly config: Config) {}

  seal(plain: string, purpose: string): string {
    const { id, key } = this.config.get('databaseKeys')[0]!;
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(purpose));
    const sealed = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()]);
    return `v1.${id}.${Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString('base64url')}`;
  }

  /** Throws SecretUnreadable when no key fits. */
  open(sealed: string, purpose: string): string {
    const [version, id, body] = sealed.split('.');
    const key = this.config.get('databaseKeys').find((candidate) => candidate.id === id)?.key;
    if (version !== 'v1' || !key || !body) {
      throw new SecretUnreadable(
        `The ${purpose} was encrypted under another DATABASE_KEY (${id ?? 'unknown'}). Start with the key this database was made with, the new one first: NEW,OLD.`,
      );
    }
    const bytes = Buffer.from(body, 'base64url');
    try {
      const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, NONCE_BYTES), { authTagLength: TAG_BYTES })
        .setAAD(Buffer.from(purpose))
        .setAuthTag(bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
      const text = decipher.update(bytes.subarray(NONCE_BYTES + TAG_BYTES));
      return Buffer.concat([text, decipher.final()]).toString('utf8');
    } catch {
      throw new SecretUnreadable(`The ${purpose} in the database was changed or damaged.`);
    }
  }
}
