import { readFileSync } from 'node:fs';
import { parseContexts, toDownloadUrl } from './download-path.js';

describe('toDownloadUrl', () => {
  it.each([
    ['/share/NoMAD.pkg', '/share/NoMAD.pkg'],
    ['//share//Packages///NoMAD.pkg', '/share/Packages/NoMAD.pkg'],
    ['/Packages//NoMAD.pkg?token=a//b', '/Packages/NoMAD.pkg?token=a//b'],
    ['/share//', '/share'],
    ['/share?a=//', '/share?a=//'],
    ['/share/Packages/', '/share'],
    ['/Packages/', '/share'],
    ['/CasperShare/NoMAD.pkg', '/share/NoMAD.pkg'],
    ['/CasperShare//Packages/NoMAD.pkg?x=1', '/share/Packages/NoMAD.pkg?x=1'],
    ['/CasperShare/', '/share'],
    ['/CasperShare', '/share'],
    ['/files/mac/Packages/NoMAD.pkg', '/share/Packages/NoMAD.pkg'],
    ['/files/NoMAD.pkg', '/files/NoMAD.pkg'],
    ['/caspershare/NoMAD.pkg', '/caspershare/NoMAD.pkg'],
    ['/CasperShareX/NoMAD.pkg', '/CasperShareX/NoMAD.pkg'],
    ['/api//admin/packages', '/api//admin/packages'],
    ['//example.org/share/NoMAD.pkg', '//example.org/share/NoMAD.pkg'],
  ])('%s means %s', (url, meant) => expect(toDownloadUrl(url, ['/CasperShare', '/files/mac'])).toBe(meant));
});

describe('parseContexts', () => {
  it('takes contexts as administrators write them', () =>
    expect(parseContexts(' CasperShare, /files/mac/ ,')).toEqual(['/CasperShare', '/files/mac']));

  it.each(['share', 'munki', 'munki_api', 'api/x', 'packages', '/admin/', '..', 'a b', '/', 'x'.repeat(300)])('refuses %s', (text) =>
    expect(() => parseContexts(text)).toThrow('contexts such as CasperShare'),
  );

  it('refuses the path of every page of the console', () => {
    const routes = readFileSync(new URL('../../../apps/console/src/app/app.routes.ts', import.meta.url), 'utf8');
    const heads = [...routes.matchAll(/path: '([^'/*]+)/g)].map(([, head]) => head!);
    expect(heads.length).toBeGreaterThan(10);
    for (const head of heads) expect(() => parseContexts(head)).toThrow(`not "${head}"`);
  });

  it('refuses more than twenty', () => expect(() => parseContexts('a,'.repeat(21))).toThrow('at most 20'));
});
