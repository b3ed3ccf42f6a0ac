import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { mutated, randomOf } from '#libs/inspection/formats/mutations.testing.js';
import { type Json, toJson } from './plist-json.js';
import { PlistError, type PlistValue, Real } from './plist-value.js';
import { readPlist } from './read-plist.js';
import { writePlist } from './write-plist.js';

// Python's plistlib is what Munki writes with: python3 answers what it makes of each value, and what it reads.

const PYTHON = `
import base64, datetime, json, plistlib, sys
def value(form):
    if isinstance(form, list): return [value(each) for each in form]
    if not isinstance(form, dict): return form
    if len(form) == 1:
        (tag, content), = form.items()
        if tag == '$dict': return {key: value(each) for key, each in content.items()}
        if tag == '$real': return float(content)
        if tag == '$data': return base64.b64decode(content)
        if tag == '$integer': return int(content)
        if tag == '$date': return datetime.datetime.fromisoformat(content[:-1])
    return {key: value(each) for key, each in form.items()}
def equal(a, b):
    return repr(a) == repr(b)
out = []
for form, ours in json.load(sys.stdin):
    real = value(form)
    out.append({
        'sorted': base64.b64encode(plistlib.dumps(real)).decode(),
        'unsorted': base64.b64encode(plistlib.dumps(real, sort_keys=False)).decode(),
        'binary': base64.b64encode(plistlib.dumps(real, fmt=plistlib.FMT_BINARY, sort_keys=False)).decode(),
        'reads': equal(plistlib.loads(base64.b64decode(ours)), real),
    })
json.dump(out, sys.stdout)
`;

interface Answer {
  readonly sorted: string;
  readonly unsorted: string;
  readonly binary: string;
  readonly reads: boolean;
}

// A carriage return is written as a line feed: what is read differs, in plistlib as here. plist.spec.ts has what cannot be written.
const text = fc
  .string({ unit: 'binary', maxLength: 20 })
  .filter((each) => !/[\x00-\x08\x0b-\x1f\ufffe\uffff]/.test(each));
// Integer-like keys change their place in JSON, by which Python gets them.
const key = text.filter((each) => !/^\d+$/.test(each));
// Python's binary writer takes 0.0 and -0.0 for one object: the latter stands alone below.
const leaf: fc.Arbitrary<PlistValue> = fc.oneof(
  text,
  fc.constantFrom('<&>"\'', ' a\n\tb ', 'ü 😀', ''),
  fc.boolean(),
  fc.maxSafeInteger(),
  fc.bigInt({ min: 2n ** 53n, max: 2n ** 64n - 1n }),
  fc.bigInt({ min: -(2n ** 63n), max: -(2n ** 53n) }),
  fc.double({ noNaN: true }).map((each) => new Real(each === 0 ? 0 : each)),
  fc.constantFrom(0, 1, 1e15, 1e16, 123456789012345680, 1e22, 1e-4, 1e-5, 5e-324, 0.1, 2 ** 53).map((each) => new Real(each)),
  fc.integer({ min: -62_135_596_800, max: 253_402_300_799 }).map((each) => new Date(each * 1_000)),
  fc.uint8Array({ maxLength: 200 }).map((each) => Buffer.from(each)),
);
const value: fc.Arbitrary<PlistValue> = fc.letrec<{ any: PlistValue }>((tie) => ({
  any: fc.oneof(
    { maxDepth: 8, depthSize: 'medium', withCrossShrink: true },
    leaf,
    fc.array(tie('any'), { maxLength: 5 }),
    fc.array(fc.tuple(key, tie('any')), { maxLength: 6 }).map((entries) => new Map(entries)),
  ),
})).any;

const deep = (levels: number): PlistValue => (levels === 0 ? Buffer.alloc(100, 7) : [new Map([['k', deep(levels - 1)]])]);

const values = [
  ...fc.sample(value, { numRuns: 600, seed: 20_261_128 }),
  deep(10),
  new Real(-0),
  new Real(NaN),
  [new Real(-Infinity), new Real(Infinity)],
  [],
  new Map(),
  [new Map(), []],
];

const answers = JSON.parse(
  execFileSync('python3', ['-c', PYTHON], {
    input: JSON.stringify(
      values.map((each) => [toJson(each), writePlist(each, { sortKeys: false }).toString('base64')] satisfies [Json, string]),
    ),
    maxBuffer: 256 << 20,
  }).toString(),
) as Answer[];

const bytes = (base64: string): Buffer => Buffer.from(base64, 'base64');

describe(`plistlib and ${values.length} values`, () => {
  it('have answers of all kinds', () => {
    expect(answers).toHaveLength(values.length);
    expect(values.filter((each) => Array.isArray(each) && each.length > 0).length).toBeGreaterThan(50);
    expect(values.filter((each) => each instanceof Map && each.size > 1).length).toBeGreaterThan(50);
  });

  it('write the same bytes, sorted and not', () => {
    values.forEach((each, index) => {
      expect(writePlist(each, { sortKeys: true }).toString()).toBe(bytes(answers[index]!.sorted).toString());
      expect(writePlist(each, { sortKeys: false }).toString()).toBe(bytes(answers[index]!.unsorted).toString());
    });
  });

  it('read what the other wrote, XML and binary, in the same order', () => {
    values.forEach((each, index) => {
      const { unsorted, binary, reads } = answers[index]!;
      expect(reads).toBe(true);
      for (const list of [unsorted, binary]) {
        const read = readPlist(bytes(list));
        expect(read).toEqual(each);
        expect(writePlist(read, { sortKeys: false }).toString()).toBe(bytes(unsorted).toString());
      }
    });
  });

  it.each(['unsorted', 'binary'] as const)(
    'changed in a few bytes are read or refused, and nothing else: %s',
    (form) => {
      const next = randomOf(form.length);
      const longer = answers.map((each) => bytes(each[form])).filter((each) => each.length > 300 && each.length < 20_000);
      const seen = { read: 0, refused: 0 };
      for (let round = 0; round < 3_000; round++) {
        const list = mutated(longer[round % longer.length]!, next);
        try {
          readPlist(list);
          seen.read++;
        } catch (error) {
          if (!(error instanceof PlistError)) throw new Error(`Not refused: ${list.toString('base64')}`, { cause: error });
          seen.refused++;
        }
      }
      expect(Math.min(seen.read, seen.refused)).toBeGreaterThan(10);
    },
    60_000,
  );
});
