import { pathOf, placeOf } from './places';

describe('the place of a page', () => {
  it.each([
    ['/packages?q=fire', 'packages'],
    ['/packages/NoMAD.pkg', 'packages'],
    ['/deleted', 'packages'],
    ['/network/rights', 'network'],
    ['/held', 'network'],
    ['/webhooks/3', 'settings'],
    ['/overview', null],
  ])('%s', (url, place) => expect(placeOf(pathOf(url))).toBe(place));
});
