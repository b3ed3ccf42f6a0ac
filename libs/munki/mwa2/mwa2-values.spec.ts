import type { Json } from '#libs/platform/plist/plist-json.js';
import { Real } from '#libs/platform/plist/plist-value.js';
import { fromMwa2Json, matches, needsNamesOnly, queryOf, toMwa2Json } from './mwa2-values.js';

describe('the JSON of MWA2', () => {
  it('writes every value of a property list, and reads dates back', () => {
    const date = new Date('2026-11-28T05:00:00Z');
    const dict = new Map<string, never>(
      Object.entries({
        creation_date: date,
        data: Buffer.from('x'),
        big: 2n ** 63n,
        share: new Real(1.5),
        odd: new Real(NaN),
        list: [date],
      }) as never,
    );
    const json = toMwa2Json(dict);
    expect(json).toEqual({
      ...{ creation_date: '2026-11-28T05:00:00Z', data: 'eA==', big: '9223372036854775808', share: 1.5, odd: 'nan' },
      list: ['2026-11-28T05:00:00Z'],
    });
    expect(fromMwa2Json({ Force_Date: '2026-11-28T05:00:00', other: '2026-11-28T05:00:00', updated: '2026' })).toEqual(
      new Map<string, unknown>([
        ['Force_Date', date],
        ['other', '2026-11-28T05:00:00'],
        ['updated', '2026'],
      ]),
    );
  });

  it.each<{ [key: string]: Json }>([{ a: null }, { date: '2026-02-31T05:00:00' }, { list: [null] }])('refuses %j', (json) => {
    expect(() => fromMwa2Json(json)).toThrow(expect.objectContaining({ name: 'PlistError' }));
  });

  it('has no tags', () => {
    expect(fromMwa2Json({ a: { $date: 'x' } })).toEqual(new Map([['a', new Map([['$date', 'x']])]]));
    expect(fromMwa2Json(JSON.parse('{"__proto__": "x"}'))).toEqual(new Map([['__proto__', 'x']]));
  });
});

describe('a query of MWA2', () => {
  it('has fields and terms, and what libraries add is none of them', () => {
    expect(queryOf({ api_fields: 'filename,name', name: 'Fire', _: '1', twice: ['a', 'b'] })).toEqual({
      fields: ['filename', 'name'],
      terms: [['name', 'Fire']],
    });
    expect(queryOf(undefined)).toEqual({ fields: null, terms: [] });
  });

  it.each([
    ['api_fields=filename', true],
    ['api_fields=filename&filename=x', true],
    ['api_fields=filename&name=x', false],
    ['api_fields=filename,name', false],
    ['', false],
  ])('%s needs names only: %s', (text, expected) => {
    expect(needsNamesOnly(queryOf(Object.fromEntries(new URLSearchParams(text))))).toBe(expected);
  });

  it('finds parts of values, whatever their letter case', () => {
    const item = new Map<string, never>(
      Object.entries({ name: 'Firefox', catalogs: ['testing', 'Production'], on: true, empty: [] }) as never,
    );
    const found = (key: string, part: string): boolean => matches(item, [[key, part]]);
    expect([found('name', 'FOX'), found('catalogs', 'prod'), found('on', 'true')]).toEqual([true, true, true]);
    expect([found('name', 'opera'), found('empty', ''), found('none', ''), matches(item, [])]).toEqual([false, false, false, true]);
  });
});
