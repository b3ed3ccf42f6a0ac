import { methodOf, nameOf, requireWritable, targetOf } from './mwa2-target.js';

const found = (url: string, params: Record<string, string> = {}) => targetOf({ routeOptions: { url }, params } as never);

describe('what a request of the API of MWA2 is about', () => {
  it('is read from its route', () => {
    expect(found('/munki_api/manifests')).toEqual({ kind: 'manifests', path: '' });
    expect(found('/munki_api/manifests/*', { '*': 'a/b' })).toEqual({ kind: 'manifests', path: 'a/b' });
    expect(found('/munki_api/manifests/*', { '*': '' })).toEqual({ kind: 'manifests', path: '' });
    expect(found('/munki_api/icons/_icon_hashes.plist')).toEqual({ kind: 'icons', path: '_icon_hashes.plist' });
  });

  it('is a method that a POST may stand for', () => {
    const method = (sent: string, meant?: string) =>
      methodOf({ method: sent, headers: meant === undefined ? {} : { 'x-methodoverride': meant } });
    expect([method('POST', 'patch'), method('POST', 'DELETE'), method('POST', 'GET'), method('POST')]).toEqual([
      'PATCH',
      'DELETE',
      'POST',
      'POST',
    ]);
    expect([method('GET', 'DELETE'), method('PUT', 'DELETE')]).toEqual(['GET', 'PUT']);
  });

  it.each([
    ['PUT', 'manifests', '', 'WrongHTTPMethodType'],
    ['DELETE', 'pkgs', '', 'MassDeleteNotSupported'],
    ['POST', 'pkgs', 'share/a.pkg', undefined],
    ['DELETE', 'pkgs', 'SHARE/a.pkg', undefined],
    ['PUT', 'manifests', '../a', undefined],
  ] as const)('%s of %s/%s is refused', (method, kind, path, exceptionType) => {
    expect(() => requireWritable(method, { kind, path })).toThrow(expect.objectContaining(exceptionType ? { exceptionType } : {}));
  });

  it('has one name', () => {
    expect([nameOf('a', undefined), nameOf('', 'a'), nameOf('a', 'a')]).toEqual(['a', 'a', 'a']);
    expect(() => nameOf('a', 'b')).toThrow(expect.objectContaining({ exceptionType: 'AmbiguousResourceName' }));
    expect(() => nameOf('', undefined)).toThrow(expect.objectContaining({ exceptionType: 'NoResourceName' }));
  });
});
