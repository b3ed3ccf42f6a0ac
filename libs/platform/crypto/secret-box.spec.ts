import { randomBytes } from 'node:crypto';
import type { Config, EncryptionKey } from '../config/config.js';
import { parseDatabaseKeys } from '../config/keys.js';
import { SecretBox, SecretUnreadable } from './secret-box.js';

const newKey = (): EncryptionKey => parseDatabaseKeys(randomBytes(32).toString('hex'))[0]!;
const boxWith = (...databaseKeys: EncryptionKey[]) => new SecretBox({ get: () => databaseKeys } as unknown as Config);

const key = newKey();
const box = boxWith(key);
const PURPOSE = 'registration key';

describe('SecretBox', () => {
  it.each(['', 'a', 'ein Schlüssel 🔑', 'x'.repeat(100_000)])('opens what it sealed', (plain) => {
    expect(box.open(box.seal(plain, PURPOSE), PURPOSE)).toBe(plain);
  });

  it('seals the same text differently each time, and shows nothing of it', () => {
    const sealed = Array.from({ length: 10 }, () => box.seal('hunter2-hunter2', PURPOSE));
    expect(new Set(sealed).size).toBe(10);
    for (const each of sealed) expect(Buffer.from(each.split('.')[2]!, 'base64url').toString('latin1')).not.toContain('hunter2');
  });

  it('does not open it for another purpose', () => {
    const sealed = box.seal('secret', PURPOSE);
    expect(() => box.open(sealed, 'private key')).toThrow(new SecretUnreadable('The private key in the database was changed or damaged.'));
  });

  it('notices every single changed byte', () => {
    const [version, id, body] = box.seal('secret', PURPOSE).split('.');
    const bytes = Buffer.from(body!, 'base64url');
    for (let index = 0; index < bytes.length; index += 1) {
      const changed = Buffer.from(bytes);
      changed[index]! ^= 1;
      expect(() => box.open(`${version}.${id}.${changed.toString('base64url')}`, PURPOSE)).toThrow(SecretUnreadable);
    }
  });

  it('notices every truncation, also one that leaves a shorter tag', () => {
    const [version, id, body] = box.seal('', PURPOSE).split('.');
    const bytes = Buffer.from(body!, 'base64url');
    for (let length = 0; length < bytes.length; length += 1) {
      const cut = `${version}.${id}.${bytes.subarray(0, length).toString('base64url')}`;
      expect(() => box.open(cut, PURPOSE)).toThrow(SecretUnreadable);
    }
  });

  it.each(['', 'nonsense', 'v1', 'v1..', 'v2.aabbccdd.AAAA', '....'])('answers SecretUnreadable for "%s"', (text) => {
    expect(() => box.open(text, PURPOSE)).toThrow(SecretUnreadable);
  });

  it('rotates: the old key still opens, the new one seals', () => {
    const old = box.seal('secret', PURPOSE);
    const fresh = newKey();
    const rotated = boxWith(fresh, key);
    expect(rotated.open(old, PURPOSE)).toBe('secret');
    expect(boxWith(fresh).open(rotated.seal('secret', PURPOSE), PURPOSE)).toBe('secret');
    expect(() => box.open(rotated.seal('secret', PURPOSE), PURPOSE)).toThrow(SecretUnreadable);
  });

  it('says which key is missing and what to do', () => {
    const sealed = box.seal('secret', PURPOSE);
    expect(() => boxWith(newKey()).open(sealed, PURPOSE)).toThrow(
      `The registration key was encrypted under another DATABASE_KEY (${key.id}). Start with the key this database was made with, the new one first: NEW,OLD.`,
    );
  });
});
