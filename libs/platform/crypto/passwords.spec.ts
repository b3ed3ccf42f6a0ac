import { hashPassword, passwordMatches } from './passwords.js';

describe('passwords', () => {
  it('match their own hash and no other', async () => {
    const hash = await hashPassword('ods1234!');
    expect(hash).toMatch(/^\$scrypt\$ln=16,r=8,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/);
    expect(hash.length).toBeLessThanOrEqual(255); // the column
    await expect(passwordMatches('ods1234!', hash)).resolves.toBe(true);
    await expect(passwordMatches('ods1234', hash)).resolves.toBe(false);
    await expect(passwordMatches('', hash)).resolves.toBe(false);
  });

  it('are salted', async () => {
    expect(await hashPassword('same')).not.toBe(await hashPassword('same'));
  });

  it('are the same however a keyboard composes them', async () => {
    await expect(passwordMatches('Stra\u00dfe\u0301', await hashPassword('Straße\u0301'.normalize('NFC')))).resolves.toBe(true);
    await expect(passwordMatches('e\u0301', await hashPassword('\u00e9'))).resolves.toBe(true);
  });

  it('were made with the cost that the hash names', async () => {
    // RFC 7914 §12: scrypt("pleaseletmein", "SodiumChloride", 16384, 8, 1), its first 32 bytes.
    const key = Buffer.from('7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2', 'hex').toString('base64');
    const salt = Buffer.from('SodiumChloride').toString('base64');
    await expect(passwordMatches('pleaseletmein', `$scrypt$ln=14,r=8,p=1$${salt}$${key}`)).resolves.toBe(true);
    await expect(passwordMatches('pleaseletmeout', `$scrypt$ln=14,r=8,p=1$${salt}$${key}`)).resolves.toBe(false);
  });

  it.each([
    '',
    'plain',
    '$2b$12$abcdefghijklmnopqrstuv',
    '$scrypt$ln=99,r=8,p=1$c2FsdA$a2V5',
    '$scrypt$ln=16,r=99,p=99$c2FsdA$a2V5',
    '$scrypt$ln=0,r=8,p=1$c2FsdA$a2V5',
    '$scrypt$ln=16,r=8,p=1$$',
    '$scrypt$ln=16,r=8,p=1$c2FsdA$',
  ])('do not match a hash that is none: "%s"', async (hash) => {
    await expect(passwordMatches('', hash)).resolves.toBe(false);
    await expect(passwordMatches('password', hash)).resolves.toBe(false);
  });
});
