import fc from 'fast-check';
import { compareEntries, type Entry, merge, supersedes } from './entry.js';
import { fromWire, toWire } from './wire-entry.js';

const hex = (length: number) =>
  fc.array(fc.constantFrom(...'0123456789abcdef'), { minLength: length, maxLength: length }).map((digits) => digits.join(''));
const issues = ['0'.repeat(32), 'a'.repeat(32), 'f'.repeat(32)] as const;
const entry: fc.Arbitrary<Entry> = fc.record({
  filename: fc.constantFrom('NoMAD.pkg', 'nomad.pkg'),
  uuid: hex(32),
  stamp: fc.record({ wallMs: fc.integer({ min: 0, max: 3 }), counter: fc.integer({ min: 0, max: 2 }), iss: fc.constantFrom(...issues) }),
  deleted: fc.boolean(),
  size: fc.integer({ min: 0, max: 10_000_000 }),
  sha1: hex(40),
  sha256: hex(64),
  manifestSha256: hex(64),
  stage: fc.constantFrom('Dev', 'Test', 'Prod'),
  notes: fc.option(fc.constantFrom('one', 'two')),
  createdMs: fc.integer({ min: 0, max: 2_000_000_000_000 }),
  originIss: fc.constantFrom(...issues),
  root: fc.constant(null),
});

describe('merging entries', () => {
  it('does not care about order', () => {
    fc.assert(fc.property(entry, entry, (a, b) => expect(merge(a, b)).toEqual(merge(b, a))));
  });

  it('does not care about grouping', () => {
    fc.assert(fc.property(entry, entry, entry, (a, b, c) => expect(merge(a, merge(b, c))).toEqual(merge(merge(a, b), c))));
  });

  it('does not care about repetition', () => {
    fc.assert(fc.property(entry, entry, (a, b) => expect(merge(merge(a, b), b)).toEqual(merge(a, b))));
  });

  it('comes to the same end from any sequence with any doubles', () => {
    fc.assert(
      fc.property(fc.array(entry, { minLength: 1, maxLength: 6 }), fc.infiniteStream(fc.nat()), (entries, choices) => {
        const expected = entries.reduce(merge);
        let held = entries[entries.length - 1]!;
        for (const choice of choices.take(20)) held = merge(held, entries[choice % entries.length]!);
        for (const each of [...entries].reverse()) held = merge(held, each);
        expect(held).toEqual(expected);
      }),
    );
  });

  it('agrees with what the catalog asks', () => {
    fc.assert(fc.property(entry, entry, (a, b) => expect(supersedes(a, b)).toBe(compareEntries(a, b) > 0)));
    fc.assert(fc.property(entry, (a) => expect([supersedes(a, null), supersedes(a, a)]).toEqual([true, false])));
  });
});

describe('entries on the wire', () => {
  it('arrive as they were sent', () => {
    fc.assert(fc.property(entry, (a) => expect(fromWire(JSON.parse(JSON.stringify(toWire(a))))).toEqual(a)));
  });

  it('are refused when any one field is not what it should be', () => {
    const good = toWire(fc.sample(entry, 1)[0]!) as unknown as Record<string, unknown>;
    const bad: Record<string, unknown[]> = {
      filename: [1, '', null, 'x'.repeat(256)],
      uuid: ['', 'g'.repeat(32), 'A'.repeat(32), 'a'.repeat(31), 5],
      stamp: [
        null,
        [],
        {},
        { wall_ms: -1, counter: 0, iss: issues[0] },
        { wall_ms: 1.5, counter: 0, iss: issues[0] },
        { wall_ms: 1, counter: 1e9, iss: issues[0] },
        { wall_ms: 1, counter: 0, iss: 'x' },
      ],
      deleted: ['false', 0, null],
      size: [-1, 1.5, '5', NaN, Infinity, 2 ** 60],
      sha1: ['', 'a'.repeat(39)],
      sha256: [null, 'a'.repeat(65)],
      manifest_sha256: [undefined, '../etc/passwd'],
      stage: ['prod', '', null],
      notes: [5, 'x'.repeat(4_001)],
      created_ms: ['now', -5],
      origin_iss: ['', null],
    };
    for (const [field, values] of Object.entries(bad)) {
      for (const value of values) expect(() => fromWire({ ...good, [field]: value })).toThrow(/must|larger/);
    }
    for (const value of [null, undefined, 'x', 7, [], [good]]) expect(() => fromWire(value)).toThrow('must be an object');
  });

  it('may carry fields of a newer version', () => {
    const [sample] = fc.sample(entry, 1);
    expect(fromWire({ ...toWire(sample!), colour: 'blue' })).toEqual(sample);
  });
});
