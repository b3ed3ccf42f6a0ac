import { parseHttpDate } from './http-date.js';

const expected = Date.UTC(1994, 10, 6, 8, 49, 37);

describe('parseHttpDate', () => {
  it.each([
    'Sun, 06 Nov 1994 08:49:37 GMT',
    'Sunday, 06-Nov-94 08:49:37 GMT',
    'Sun Nov  6 08:49:37 1994',
    ' sun, 06 nov 1994 08:49:37 gmt ',
  ])('reads %j', (text) => expect(parseHttpDate(text)).toBe(expected));

  it('reads dates past 2038 and leap days', () => {
    expect(parseHttpDate('Sat, 20 Mar 2049 10:00:00 GMT')).toBe(Date.UTC(2049, 2, 20, 10));
    expect(parseHttpDate('Mon, 29 Feb 2044 23:59:59 GMT')).toBe(Date.UTC(2044, 1, 29, 23, 59, 59));
    expect(parseHttpDate('Tuesday, 19-Jan-38 03:14:08 GMT', Date.UTC(2026, 0, 1))).toBe(Date.UTC(2038, 0, 19, 3, 14, 8));
  });

  it.each([
    undefined,
    '',
    'yesterday',
    '2017',
    'Nov 11 2017',
    '2017-11-11T03:15:54Z',
    '1510370154',
    'Sat, 11 Nov 2017 03:15:54',
    'Sat, 11 Nov 2017 03:15:54 CET',
    'Sat, 11 Nov 2017 03:15:54 +0100',
    'Sat, 31 Feb 2017 03:15:54 GMT',
    'Sat, 29 Feb 2100 03:15:54 GMT',
    'Sat, 11 Nov 2017 24:15:54 GMT',
    'Sat, 11 Foo 2017 03:15:54 GMT',
  ])('takes %j for no date', (text) => expect(parseHttpDate(text)).toBeNull());
});
