import { keyOf, personOf } from './person.js';

const claims = { iss: 'https://login.example.com', sub: 'a1', groups: ['staff'] };

describe('a person at the provider', () => {
  it.each([
    [{ preferred_username: 'anna', email: 'anna@example.com' }, 'anna'],
    [{ email: 'anna@example.com' }, 'anna@example.com'],
    [{ preferred_username: ' anna', email: 'anna@example.com' }, 'anna@example.com'],
    [{ preferred_username: 'an\u202ena' }, 'a1'],
    [{ preferred_username: ['anna'] }, 'a1'],
    [{}, 'a1'],
  ])('with %j is called %j', (more, username) => expect(personOf({ ...claims, ...more }, 'groups')).toMatchObject({ username }));

  it('has a made up name when nothing is one', () => {
    expect(personOf({ ...claims, sub: 'x'.repeat(65) }, 'groups')?.username).toMatch(/^external-[0-9a-f]{12}$/);
  });

  it('cannot be kept with a subject that is too long, empty, or no text for a database', () => {
    for (const sub of ['x'.repeat(256), '', 'a\0b']) expect(personOf({ ...claims, sub }, 'groups')).toBeNull();
  });

  it('is another one with another issuer, and when the parts are cut elsewhere', () => {
    const keys = [
      { issuer: 'https://a', subject: 'b' },
      { issuer: 'https://a', subject: 'B' },
      { issuer: 'https://ab', subject: '' },
      { issuer: 'https://b', subject: 'a' },
    ].map(keyOf);
    expect(new Set(keys).size).toBe(keys.length);
  });
});
