import { requestArea, requestMethod } from './request-area.js';

describe('requestArea', () => {
  it.each([
    ['/api/admin/upload?replace=true', 'upload'],
    ['/api/admin/packages/NoMAD.pkg', 'admin_api'],
    ['/munki_api/pkgs/NoMAD.pkg', 'munki_api'],
    ['/api/ods/feed', 'peer_api'],
    ['/share/NoMAD.pkg', 'share'],
    ['/share/Packages/NoMAD.pkg', 'share'],
    ['/Packages/NoMAD.pkg', 'share'],
    ['/share', 'share'],
    ['/readyz', 'supervision'],
    ['/packages/NoMAD.pkg', 'console'],
    ['/../../etc/passwd', 'console'],
  ])('%s is about %s', (url, area) => expect(requestArea(url)).toBe(area));

  it('counts an undefined method as other', () => expect(['GET', 'BREW'].map(requestMethod)).toEqual(['GET', 'other']));
});
