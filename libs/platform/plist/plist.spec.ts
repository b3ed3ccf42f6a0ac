import { PlistError, type PlistValue, Real } from './plist-value.js';
import { readPlist } from './read-plist.js';
import { writePlist } from './write-plist.js';
import { fromJson, type Json, toJson } from './plist-json.js';

const xml = (inside: string): Buffer => Buffer.from(`<?xml version="1.0" encoding="UTF-8"?>\n<plist version="1.0">${inside}</plist>`);

/** A binary list of raw objects; the first is the root. */
function binary(objects: readonly Buffer[], edit: { root?: number; offsets?: readonly number[] } = {}): Buffer {
  let at = 8;
  const offsets = objects.map((each) => (at += each.length) - each.length);
  const table = Buffer.alloc(objects.length * 4);
  (edit.offsets ?? offsets).forEach((offset, index) => table.writeUInt32BE(offset, index * 4));
  const trailer = Buffer.alloc(32);
  trailer.set([4, 1], 6);
  [objects.length, edit.root ?? 0, at].forEach((value, index) => trailer.writeBigUInt64BE(BigInt(value), 8 + index * 8));
  return Buffer.concat([Buffer.from('bplist00'), ...objects, table, trailer]);
}

const refused = (bytes: Buffer): PlistError => {
  try {
    readPlist(bytes);
  } catch (error) {
    if (error instanceof PlistError) return error;
    throw error;
  }
  throw new Error('It was read.');
};

describe('an XML property list', () => {
  it.each<[string, PlistValue]>([
    ['<real>1.0</real>', new Real(1)],
    ['<integer>9007199254740993</integer>', 9007199254740993n],
    ['<integer>-7</integer>', -7],
    ['<integer>0x1F</integer>', 31],
    ['<string>a &amp; <![CDATA[<b>]]></string>', 'a & <b>'],
    ['<string/>', ''],
    ['<data> QU\n JD </data>', Buffer.from('ABC')],
    ['<date>2026-11-28T05:06:07Z</date>', new Date('2026-11-28T05:06:07Z')],
    ['<date>2026-11-28Z</date>', new Date('2026-11-28T00:00:00Z')],
    ['<array><true/><false/></array>', [true, false]],
    [
      '<dict><key>10</key><integer>1</integer><key>2</key><integer>2</integer></dict>',
      new Map([
        ['10', 1],
        ['2', 2],
      ]),
    ],
    [
      '<dict><key>a</key><string>1</string><key>b</key><string>2</string><key>a</key><string>3</string></dict>',
      new Map([
        ['a', '3'],
        ['b', '2'],
      ]),
    ],
  ])('reads %s', (inside, expected) => {
    const read = readPlist(xml(inside));
    expect(read).toEqual(expected);
    if (read instanceof Map) expect([...read.keys()]).toEqual([...(expected as Map<string, PlistValue>).keys()]);
  });

  it('takes __proto__ for a key like any other, also as JSON', () => {
    const read = readPlist(xml('<dict><key>__proto__</key><dict><key>x</key><true/></dict></dict>'));
    expect(read).toEqual(new Map([['__proto__', new Map([['x', true]])]]));
    expect(Object.hasOwn(toJson(read) as object, '__proto__')).toBe(true);
    expect(({} as { x?: unknown }).x).toBeUndefined();
    expect(fromJson(JSON.parse(JSON.stringify(toJson(read))) as Json)).toEqual(read);
  });

  it('is read in UTF-16 with a byte order mark', () => {
    expect(readPlist(Buffer.from('\ufeff<plist><string>ä</string></plist>', 'utf16le'))).toBe('ä');
  });

  it.each([
    ['another document type', Buffer.from('<!DOCTYPE plist SYSTEM "file:///etc/passwd"><plist><true/></plist>'), 'document type'],
    [
      'declared entities',
      Buffer.from('<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "x" [<!ENTITY a "b">]><plist><string>&a;</string></plist>'),
      'document type',
    ],
    ['unknown entities', xml('<string>&a;</string>'), 'XML is wrong'],
    ['no value', xml(''), 'empty'],
    ['two values', xml('<true/><true/>'), 'more than one value'],
    ['junk after its end', Buffer.concat([xml('<true/>'), Buffer.from('junk')]), 'XML is wrong'],
    ['a second root', Buffer.concat([xml('<true/>'), xml('<true/>').subarray(39)]), 'XML is wrong'],
    ['text between values', xml('<array>a<true/></array>'), 'text outside'],
    ['another root', Buffer.from('<dict/>'), 'not <plist>'],
    ['a list inside', xml('<array><plist/></array>'), 'unknown element'],
    ['an unknown element', xml('<null/>'), 'unknown element'],
    ['elements in a text', xml('<string><b/></string>'), 'elements inside'],
    ['a key without value', xml('<dict><key>a</key></dict>'), 'no value'],
    ['two keys', xml('<dict><key>a</key><key>b</key></dict>'), 'key stands'],
    ['a value without key', xml('<dict><true/></dict>'), 'no key'],
    ['a key in an array', xml('<array><key>a</key></array>'), 'key stands'],
    ['bad base64', xml('<data>QUI</data>'), 'base64'],
    ['base64 with other letters', xml('<data>QU!D</data>'), 'base64'],
    ['30 February', xml('<date>2026-02-30T00:00:00Z</date>'), 'does not exist'],
    ['a date of words', xml('<date>yesterday</date>'), 'not of the form'],
    ['the year 0', xml('<date>0000-01-01T00:00:00Z</date>'), 'years 1'],
    ['an integer of 21 digits', xml('<integer>100000000000000000000</integer>'), 'integer'],
    ['an integer beyond 2^64', xml('<integer>18446744073709551616</integer>'), '2^64'],
    ['a real of words', xml('<real>one</real>'), 'real'],
    ['Latin 1', Buffer.from('<plist><string>\xe4</string></plist>', 'latin1'), 'not UTF-8'],
    ['a declared Latin 1', Buffer.from('<?xml version="1.0" encoding="ISO-8859-1"?><plist><true/></plist>'), 'encoding'],
    ['nothing', Buffer.alloc(0), 'XML'],
    ['65 levels', xml('<array>'.repeat(65) + '</array>'.repeat(65)), '64 levels'],
    ['a million levels', xml('<array>'.repeat(1_000_000)), '64 levels'],
    ['17 MiB', xml(`<string>${'a'.repeat(17 << 20)}</string>`), 'bytes'],
    ['a million and one values', xml(`<array>${'<true/>'.repeat(1_000_000)}</array>`), '1000000 values'],
  ])('with %s is refused', (_what, bytes, message) => {
    expect(refused(bytes).message).toContain(message);
  });

  it('is read with 64 levels', () => {
    expect(writePlist(readPlist(xml('<array>'.repeat(64) + '</array>'.repeat(64))), { sortKeys: true }).length).toBeGreaterThan(0);
  });
});

describe('a binary property list', () => {
  const array = (...refs: number[]): Buffer => Buffer.from([0xa0 | refs.length, ...refs]);
  const bomb = Array.from({ length: 40 }, (_, index) => (index === 39 ? Buffer.from([0x51, 0x61]) : array(index + 1, index + 1)));
  const long = Buffer.concat([Buffer.from([0x5f, 0x12, 0, 0x10, 0, 0]), Buffer.alloc(1 << 20, 'a')]);

  it.each([
    ['is cut off', Buffer.from('bplist00'), 'cut off'],
    ['contains itself', binary([array(0)]), 'contains itself'],
    ['contains itself further down', binary([array(1), array(2), array(0)]), 'contains itself'],
    ['doubles 39 times', binary(bomb), 'values'],
    ['names one long text 14 * 14 times', binary([array(...Array(14).fill(1)), array(...Array(14).fill(2)), long]), 'expands'],
    ['has 65 levels', binary(Array.from({ length: 66 }, (_, index) => (index < 65 ? array(index + 1) : Buffer.from([9])))), '64 levels'],
    ['names an object it does not have', binary([array(7)]), 'outside'],
    ['has its root outside', binary([Buffer.from([9])], { root: 5 }), 'outside'],
    ['has an offset outside', binary([Buffer.from([9])], { offsets: [4_000] }), 'outside'],
    ['has a text longer than itself', binary([Buffer.from([0x5f, 0x12, 0x7f, 0, 0, 0])]), 'outside'],
    ['has a key that is no text', binary([Buffer.from([0xd1, 1, 1]), Buffer.from([9])]), 'not a text'],
    ['has null', binary([Buffer.from([0])]), 'unknown type'],
    ['has a UID', binary([Buffer.from([0x80, 1])]), 'unknown type'],
    ['has half a surrogate', binary([Buffer.from([0x61, 0xd8, 0])]), 'UTF-16'],
    ['has other bytes than ASCII', binary([Buffer.from([0x51, 0xe4])]), 'ASCII'],
    ['has a date that is no number', binary([Buffer.from([0x33, 0x7f, 0xf8, 0, 0, 0, 0, 0, 0])]), 'years 1'],
  ])('that %s is refused', (_what, bytes, message) => {
    expect(refused(bytes).message).toContain(message);
  });

  it('that names one text twice is read', () => {
    expect(readPlist(binary([array(1, 1), Buffer.from([0x51, 0x61])]))).toEqual(['a', 'a']);
  });
});

describe('writing', () => {
  it.each<[string, PlistValue]>([
    ['a control character', 'a\u0001'],
    ['half a surrogate', '\ud800'],
    ['a number that is no integer', 1.5],
    ['an integer beyond 2^64', 2n ** 64n],
    ['a date without time', new Date(NaN)],
  ])('refuses %s', (_what, value) => {
    expect(() => writePlist(value, { sortKeys: true })).toThrow(PlistError);
  });
});

describe('the JSON form', () => {
  it.each<[PlistValue, Json]>([
    [new Real(1), { $real: 1 }],
    [new Real(-0), { $real: '-0.0' }],
    [new Real(Infinity), { $real: 'inf' }],
    [2n ** 53n, { $integer: '9007199254740992' }],
    [new Date(0), { $date: '1970-01-01T00:00:00.000Z' }],
    [Buffer.from('a'), { $data: 'YQ==' }],
    [new Map([['$date', 'x']]), { $dict: { $date: 'x' } }],
    [
      new Map([
        ['$a', 1],
        ['b', 2],
      ]),
      { $a: 1, b: 2 },
    ],
  ])('of %p is %j, and back', (value, json) => {
    expect(toJson(value)).toEqual(json);
    expect(fromJson(json)).toEqual(value);
  });

  it.each<[Json]>([[null], [{ $date: 'x' }], [{ $other: 1 }], [{ $data: '!' }], [{ $integer: '1e3' }], [{ $real: 'x' }], [[{ a: null }]]])(
    'refuses %j',
    (json) => {
      expect(() => fromJson(json)).toThrow(PlistError);
    },
  );
});
