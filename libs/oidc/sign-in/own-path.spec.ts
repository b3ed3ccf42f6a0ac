import { ownPath } from './own-path.js';

describe('the page after a sign-in', () => {
  it.each(['/packages', '/packages/NoMAD.pkg?tab=versions#top', '/network/packages', '/'])('%s is an own one', (path) =>
    expect(ownPath(path)).toBe(path),
  );

  it.each([
    'https://evil.example',
    '//evil.example',
    '///evil.example',
    '/\\evil.example',
    '\\\\evil.example',
    '/./\\evil.example',
    '/.//evil.example',
    '/..//evil.example',
    '/%2e//evil.example',
    '/\t/evil.example',
    '/\n/evil.example',
    'javascript:alert(1)',
    'evil.example',
    '',
    '/api/admin/auth/logout',
    '/x/../api/docs',
    '/sign-in?then=/sign-in',
    `/${'a'.repeat(500)}`,
    `/${'ü'.repeat(400)}`,
  ])('%j is none', (path) => expect(ownPath(path)).toBe('/overview'));

  it('is the overview without one', () => expect(ownPath(undefined)).toBe('/overview'));
});
