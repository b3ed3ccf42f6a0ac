import fc from 'fast-check';
import { execFileSync } from 'node:child_process';
import { isDict, PlistMalformed, type PlistValue, Real } from './plist-value.js';
import { readPlist } from './read-plist.js';
import { writePlist } from './write-plist.js';

const HEAD = `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
`;

/** Texts that XML can write: no control characters, no lone surrogates, nothing that is no character. */
const text = fc
  .string({ unit: 'grapheme', maxLength: 12 })
  .map((value) => value.replace(/[\x00-\x08\x0b-\x1f\ufffe\uffff]/g, '').normalize('NFC'));
const scalar = fc.oneof(
  text,
  fc.maxSafeInteger(),
  fc.bigInt({ min: 2n ** 53n, max: 2n ** 64n - 1n }),
  fc.boolean(),
  fc.double().map((value) => new Real(value)),
  fc
    .date({ min: new Date('0001-01-01'), max: new Date('9999-12-31'), noInvalidDate: true })
    .map((date) => new Date(Math.floor(date.getTime() / 1_000) * 1_000)),
  fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
);
const { value: anyValue } = fc.letrec<{ value: PlistValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    scalar,
    fc.array(tie('value'), { maxLength: 4 }),
    fc.array(fc.tuple(text, tie('value')), { maxLength: 4 }).map((pairs) => new Map(pairs)),
  ),
}));

/** What Python's plistlib makes of each document: read and written again. */
function rewrittenByPython(documents: readonly Buffer[]): Buffer[] {
  const script = `
import plistlib, sys, struct
data = sys.stdin.buffer.read()
at = 0
while at < len(data):
    size = struct.unpack_from('>I', data, at)[0]
    out = plistlib.dumps(plistlib.loads(data[at + 4:at + 4 + size], fmt=plistlib.FMT_XML))
    sys.stdout.buffer.write(struct.pack('>I', len(out)) + out)
    at += 4 + size
`;
  const framed = documents.map((document) => {
    const size = Buffer.alloc(4);
    size.writeUInt32BE(document.length);
    return Buffer.concat([size, document]);
  });
  const answer = execFileSync('python3', ['-c', script], { input: Buffer.concat(framed), maxBuffer: 2 ** 28 });
  const found: Buffer[] = [];
  for (let at = 0; at < answer.length;) {
    const size = answer.readUInt32BE(at);
    found.push(answer.subarray(at + 4, at + 4 + size));
    at += 4 + size;
  }
  return found;
}

const read = (inner: string): PlistValue => readPlist(Buffer.from(`${HEAD}${inner}</plist>\n`));

describe('a property list', () => {
  it('is written to the byte as Python writes it, and read as it was written', () => {
    const values = fc.sample(anyValue, { numRuns: 1_000, seed: 7 });
    const documents = values.map(writePlist);
    const theirs = rewrittenByPython(documents);
    documents.forEach((document, index) => {
      expect(theirs[index]!.toString()).toBe(document.toString());
      expect(writePlist(readPlist(document)).equals(document)).toBe(true);
    });
  });

  it('keeps what other libraries lose', () => {
    expect(read('<real>1.0</real>')).toEqual(new Real(1));
    expect(read('<integer>9007199254740993</integer>')).toBe(9_007_199_254_740_993n);
    expect(read('<integer>-0x10</integer>')).toBe(-16);
    expect(read('<string> a\n b </string>')).toBe(' a\n b ');
    expect(read('<data>\n\tYQ==\n</data>')).toEqual(Buffer.from('a'));
    expect(read('<string/>')).toBe('');
    expect(read('<string><![CDATA[<b>]]></string>')).toBe('<b>');
    const dict = read('<dict><key>__proto__</key><string>x</string><key>b</key><array/></dict>');
    expect(isDict(dict) && [...dict]).toEqual([
      ['__proto__', 'x'],
      ['b', []],
    ]);
  });

  it.each([
    ['', 'no value'],
    ['<string>a</string><string>b</string>', 'more than one value'],
    ['<dict><string>a</string></dict>', 'no key'],
    ['<dict><key>a</key></dict>', 'has no value'],
    ['<dict><key>a</key><key>b</key></dict>', 'A key stands'],
    ['<array><key>a</key></array>', 'A key stands'],
    ['<array>text</array>', 'text between'],
    ['<foo/>', 'unknown element'],
    ['<string><b/></string>', 'cannot stand in string'],
    ['<integer>1.5</integer>', 'no integer'],
    ['<integer>18446744073709551616</integer>', '64 bits'],
    ['<real>one</real>', 'no number'],
    ['<date>2026-02-30T00:00:00Z</date>', 'calendar'],
    ['<date>yesterday</date>', 'no date'],
    ['<data>?</data>', 'no base64'],
    ['<string>&foo;</string>', 'no XML'],
    ['<string>a', 'no XML'],
    [`${'<array>'.repeat(65)}${'</array>'.repeat(65)}`, '64 deep'],
  ])('is refused with a reason: %s', (inner, reason) => expect(() => read(inner)).toThrow(reason));

  it.each([
    ['<!DOCTYPE plist [<!ENTITY a "b">]><plist><string>&a;</string></plist>', 'document type'],
    ['<!DOCTYPE html><plist><string>a</string></plist>', 'document type'],
    ['bplist00abc', 'plutil'],
    ['<dict/>', 'cannot stand around'],
    ['', 'no XML'],
  ])('is refused as a document: %s', (document, reason) => expect(() => readPlist(Buffer.from(document))).toThrow(reason));

  it('is refused when it is too large', () => expect(() => readPlist(Buffer.alloc(16 * 2 ** 20 + 1, 'a'))).toThrow('larger than 16 MiB'));

  it('is a value or malformed, whatever bytes are changed', () => {
    const document = writePlist(fc.sample(anyValue, { numRuns: 40, seed: 3 }));
    fc.assert(
      fc.property(fc.nat(document.length - 1), fc.nat(255), fc.nat(document.length - 1), (at, byte, end) => {
        const bent = Buffer.from(document);
        bent[at] = byte;
        try {
          readPlist(end < at ? bent.subarray(0, end) : bent);
        } catch (error) {
          expect(error).toBeInstanceOf(PlistMalformed);
        }
      }),
      { numRuns: 3_000 },
    );
  });

  it('has no way to write a control character', () => expect(() => writePlist('a\u0000')).toThrow('control characters'));
});
