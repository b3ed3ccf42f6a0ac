import type { Config } from '../config/config.js';
import { cleanPath } from './base-path.js';
import { PublicPath } from './public-path.js';

const made = (BASE_PATH: string | null, TRUST_PROXY = false, url: string | null = null): PublicPath => {
  const values: Record<string, unknown> = { BASE_PATH, TRUST_PROXY };
  const paths = new PublicPath({ get: (name: string) => values[name] } as unknown as Config);
  paths.learn(url);
  return paths;
};

describe('cleanPath', () => {
  it.each([
    ['/ods', '/ods'],
    ['/ods/', '/ods'],
    ['/a/b_c/', '/a/b_c'],
    ['/', ''],
    ['', ''],
  ])('takes %j for %j', (text, clean) => expect(cleanPath(text)).toBe(clean));

  it.each([
    'ods',
    '//evil.example',
    '/a//b',
    '/a/../b',
    '/.',
    '/a b',
    '/a"><script>',
    '/a?x',
    '/api',
    '/share/x',
    '/%2e',
    `/${'x'.repeat(300)}`,
  ])('takes %j for no path', (text) => expect(cleanPath(text)).toBeNull());
});

describe('the public path', () => {
  it('is the forwarded one before BASE_PATH before that of the own URL', () => {
    const headers = { 'x-forwarded-prefix': '/front' };
    expect(made('/base', true, 'https://host/own').of(headers)).toBe('/front');
    expect(made('/base', true, 'https://host/own').of({})).toBe('/base');
    expect(made(null, true, 'https://host/own/').of({})).toBe('/own');
    expect(made(null, true, 'https://host').of({})).toBe('');
  });

  it('is not what a client claims when no proxy is trusted, nor what is no path', () => {
    expect(made(null).of({ 'x-forwarded-prefix': '/front' })).toBe('');
    expect(made('/base', true).of({ 'x-forwarded-prefix': '//evil.example' })).toBe('/base');
  });

  it.each([
    ['/ods/api/admin/about?x=1', '/api/admin/about?x=1'],
    ['/ods', '/'],
    ['/ods?x', '/?x'],
    ['/ods/', '/'],
    ['/odsx/api', '/odsx/api'],
    ['/api/admin/about', '/api/admin/about'],
    ['/ods/ods/x', '/ods/x'],
  ])('is taken off %s, once', (url, rest) => {
    expect(made('/ods').strip(url, {})).toBe(rest);
    expect(made(null, false, 'https://host/ods').strip(url, {})).toBe(rest);
    expect(made(null, true).strip(url, { 'x-forwarded-prefix': '/ods' })).toBe(rest);
  });
});
