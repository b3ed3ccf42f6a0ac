import { generateKeyPairSync } from 'node:crypto';
import fc from 'fast-check';
import { isTextSignedWith, signText } from '#libs/platform/crypto/es256.js';
import { contentUuid, isSelfCertified } from './content-uuid.js';
import { legacyRegisters, legacyUpdate } from './legacy-entry.js';
import {
  type AnyWrite,
  compareWrites,
  flatten,
  isDeleted,
  mergeRegisters,
  mergeUpdates,
  type Registers,
  sameRegisters,
  signedText,
  type Update,
  updateOf,
  writesOf,
} from './register.js';
import { compareStamps, type Stamp, stampText } from './stamp.js';
import { fromWire, toWire } from './wire-entry.js';
import { writeFromWire, writeToWire } from './wire-write.js';

const issues = ['0'.repeat(32), 'a'.repeat(32), 'f'.repeat(32)] as const;
const hex = (length: number) => fc.constantFrom('0', '5', 'c').map((digit) => digit.repeat(length));
const stamp: fc.Arbitrary<Stamp> = fc.record({
  wallMs: fc.integer({ min: 0, max: 3 }),
  counter: fc.integer({ min: 0, max: 1 }),
  iss: fc.constantFrom(...issues),
});
const content = fc.record({
  uuid: hex(32),
  size: fc.integer({ min: 0, max: 5_000_000 }),
  sha1: hex(40),
  sha256: hex(64),
  manifestSha256: hex(64),
  root: fc.option(fc.record({ algorithm: fc.constantFrom('blake3' as const, 'sha256' as const), hash: hex(64) })),
  createdMs: fc.integer({ min: 0, max: 2 }),
  originIss: fc.constantFrom(...issues),
});
const common = {
  space: fc.constant(''),
  filename: fc.constantFrom('NoMAD.pkg', 'nomad.pkg'),
  stamp,
  replaces: fc.option(stamp),
  sig: fc.option(fc.constantFrom('A'.repeat(86), 'B'.repeat(86))),
};
const write: fc.Arbitrary<AnyWrite> = fc.oneof(
  fc.record({ ...common, register: fc.constant('content' as const), value: content }),
  fc.record({
    ...common,
    register: fc.constant('stage' as const),
    value: fc.constantFrom('Dev' as const, 'Test' as const, 'Prod' as const),
  }),
  fc.record({ ...common, register: fc.constant('notes' as const), value: fc.option(fc.constantFrom('one', 'two')) }),
  fc.record({ ...common, register: fc.constant('deletion' as const), value: fc.constant(true as const) }),
);
const update: fc.Arbitrary<Update> = fc.array(write, { maxLength: 5 }).map(updateOf);
const registers: fc.Arbitrary<Registers> = fc
  .tuple(content, stamp, fc.constantFrom('Dev' as const, 'Prod' as const), stamp, fc.option(fc.constant('n')), stamp, fc.option(stamp))
  .map(([value, contentStamp, stage, stageStamp, notes, notesStamp, deletionStamp]) => {
    const base = { space: '', filename: 'NoMAD.pkg', replaces: null, sig: 'A'.repeat(86) };
    return {
      content: { ...base, register: 'content', value, stamp: contentStamp },
      stage: { ...base, register: 'stage', value: stage, stamp: stageStamp },
      notes: { ...base, register: 'notes', value: notes, stamp: notesStamp },
      deletion: deletionStamp && { ...base, register: 'deletion', value: true, stamp: deletionStamp },
    };
  });

const textOf = (each: Update): string => JSON.stringify(writesOf(each));

describe('merging the parts of an entry', () => {
  it('does not care about order, grouping or repetition', () => {
    fc.assert(
      fc.property(update, update, update, (a, b, c) => {
        expect(textOf(mergeUpdates(a, b))).toBe(textOf(mergeUpdates(b, a)));
        expect(textOf(mergeUpdates(a, mergeUpdates(b, c)))).toBe(textOf(mergeUpdates(mergeUpdates(a, b), c)));
        expect(textOf(mergeUpdates(mergeUpdates(a, b), b))).toBe(textOf(mergeUpdates(a, b)));
      }),
    );
  });

  it('comes to the same end from any sequence with any doubles, whatever was cut into parts on the way', () => {
    fc.assert(
      fc.property(fc.array(write, { minLength: 1, maxLength: 12 }), fc.infiniteStream(fc.nat()), (writes, choices) => {
        const expected = updateOf(writes);
        let held: Update = {};
        for (const choice of choices.take(30)) held = mergeUpdates(held, updateOf([writes[choice % writes.length]!]));
        for (const each of [...writes].reverse()) held = mergeUpdates(held, updateOf([each]));
        expect(textOf(held)).toBe(textOf(expected));
      }),
    );
  });

  it('leaves every part to the greatest of its own stamps', () => {
    fc.assert(
      fc.property(registers, update, (current, incoming) => {
        const merged = mergeRegisters(current, incoming)!;
        for (const each of writesOf(merged)) {
          for (const other of [current[each.register], incoming[each.register]]) {
            if (other) expect(compareStamps(each.stamp, other.stamp)).toBeGreaterThanOrEqual(0);
          }
        }
        const touched = writesOf(incoming).map(({ register }) => register);
        for (const each of writesOf(current)) if (!touched.includes(each.register)) expect(merged[each.register]).toBe(each);
      }),
    );
  });

  it('never brings an older content back because its note or stage was edited later', () => {
    const at = (wallMs: number): Stamp => ({ wallMs, counter: 0, iss: issues[1] });
    fc.assert(
      fc.property(registers, content, content, (base, old, replaced) => {
        const first: Registers = { ...base, content: { ...base.content, value: old, stamp: at(10) }, deletion: null };
        const later: Update = { content: { ...base.content, value: replaced, stamp: at(20) } };
        const edit: Update = { notes: { ...base.notes, value: 'ask Anna', stamp: at(30) }, stage: { ...base.stage, stamp: at(31) } };
        const merged = mergeRegisters(mergeRegisters(first, edit), later)!;
        expect(merged.content.value).toEqual(replaced);
        expect(merged.notes.value).toBe('ask Anna');
      }),
    );
  });

  it('orders writes totally, and prefers a signed one to its unsigned copy', () => {
    fc.assert(
      fc.property(write, write, write, (a, b, c) => {
        expect(Math.sign(compareWrites(a, b))).toBe(-Math.sign(compareWrites(b, a)) + 0);
        if (compareWrites(a, b) >= 0 && compareWrites(b, c) >= 0) expect(compareWrites(a, c)).toBeGreaterThanOrEqual(0);
      }),
    );
    fc.assert(fc.property(write, (a) => expect(compareWrites({ ...a, sig: 'A'.repeat(86) }, { ...a, sig: null })).toBe(1)));
  });

  it('has a deleted name only while the deletion is later than the content', () => {
    fc.assert(
      fc.property(registers, (each) => {
        const { deletion } = each;
        expect(isDeleted(each)).toBe(deletion !== null && stampText(deletion.stamp) > stampText(each.content.stamp));
      }),
    );
  });
});

describe('servers without registers', () => {
  it('write entries whose parts make the same entry', () => {
    fc.assert(
      fc.property(registers, (each) => {
        const entry = fromWire(JSON.parse(JSON.stringify(toWire(flatten(each)))));
        expect(flatten(legacyRegisters(entry))).toEqual({ ...entry, root: null });
      }),
    );
  });

  it('echo what they were sent without changing anything', () => {
    fc.assert(
      fc.property(registers, (each) => {
        const echo = fromWire(JSON.parse(JSON.stringify(toWire(flatten(each)))));
        expect(sameRegisters(mergeRegisters(each, legacyUpdate(echo, each))!, each)).toBe(true);
      }),
    );
  });

  it('bring their later writes into force, and nothing that they did not change', () => {
    fc.assert(
      fc.property(registers, fc.constantFrom('stage', 'notes', 'content', 'deleted' as const), (each, what) => {
        const ours = flatten(each);
        const changed = {
          ...ours,
          stamp: { wallMs: 100, counter: 0, iss: issues[2] },
          ...(what === 'stage' ? { stage: ours.stage === 'Test' ? 'Prod' : 'Test' } : {}),
          ...(what === 'notes' ? { notes: 'new' } : {}),
          ...(what === 'content' ? { uuid: '9'.repeat(32), deleted: false } : {}),
          ...(what === 'deleted' ? { deleted: !ours.deleted } : {}),
        } as typeof ours;
        const after = mergeRegisters(each, legacyUpdate(changed, each))!;
        const { stamp: _, root: __, ...fields } = flatten(after);
        const { stamp: ___, root: ____, ...expected } = changed;
        expect(fields).toEqual(expected);
        if (what === 'stage' || what === 'notes') {
          expect(after.content).toBe(each.content);
          expect(after.deletion).toBe(each.deletion);
        }
      }),
    );
  });

  it('do not bring an older entry into force', () => {
    fc.assert(
      fc.property(registers, (each) => {
        const newer = mergeRegisters(each, updateOf(writesOf(each).map((part) => ({ ...part, stamp: { ...part.stamp, wallMs: 50 } }))))!;
        const old = { ...flatten(each), uuid: '9'.repeat(32), notes: 'old', deleted: false };
        expect(flatten(mergeRegisters(newer, legacyUpdate(old, newer))!)).toEqual(flatten(newer));
      }),
    );
  });
});

describe('writes on the wire', () => {
  it('arrive as they were sent', () => {
    fc.assert(fc.property(write, (each) => expect(writeFromWire(JSON.parse(JSON.stringify(writeToWire(each))))).toEqual(each)));
  });

  it('are refused when any one field is not what it should be', () => {
    const [sample] = fc.sample(fc.record({ ...common, register: fc.constant('content' as const), value: content }), 1);
    const good = writeToWire(sample!);
    const bad: Record<string, unknown[]> = {
      register: ['contents', null, 5],
      space: ['elsewhere', 7],
      filename: [1, '', 'x'.repeat(256)],
      stamp: [null, {}, { wall_ms: -1, counter: 0, iss: issues[0] }],
      value: [null, [], {}, { ...good.value, size: -1 }, { ...good.value, root: { alg: 'md5', hash: '0'.repeat(64) } }],
      replaces: ['x', { wall_ms: 1 }],
      sig: ['short', 5, '!'.repeat(86)],
    };
    for (const [field, values] of Object.entries(bad)) {
      for (const value of values) expect(() => writeFromWire({ ...good, [field]: value })).toThrow(/must|does not know/);
    }
    const deletion = writeToWire({ ...sample!, register: 'deletion', value: true } as AnyWrite);
    for (const value of ['no', false, 1]) expect(() => writeFromWire({ ...deletion, value: { deleted: value } })).toThrow('deleted: true');
    const notes = writeToWire({ ...sample!, register: 'notes', value: 'x' } as AnyWrite);
    for (const value of ['a\0b', '\ud800', 'x'.repeat(4_001), 5])
      expect(() => writeFromWire({ ...notes, value: { notes: value } })).toThrow(/notes (must|has|is)/);
  });

  it('are signed over every field', () => {
    const keys = generateKeyPairSync('ec', {
      namedCurve: 'P-256',
      publicKeyEncoding: { type: 'spki', format: 'pem' },
      privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    });
    fc.assert(
      fc.property(write, write, (a, b) => {
        const sig = signText(signedText(a), keys.privateKey);
        expect(isTextSignedWith(keys.publicKey, signedText(a), sig)).toBe(true);
        const isSame = signedText(a) === signedText(b);
        expect(isTextSignedWith(keys.publicKey, signedText(b), sig)).toBe(isSame);
        expect(isSame).toBe(JSON.stringify({ ...writeToWire(a), sig: null }) === JSON.stringify({ ...writeToWire(b), sig: null }));
      }),
      { numRuns: 40 },
    );
  });
});

it('the uuid of a content with a root names its bytes, its name and its origin', () => {
  fc.assert(
    fc.property(content, (value) => {
      if (value.root === null) return expect(isSelfCertified('', 'a.pkg', value)).toBe(true);
      const named = { ...value, uuid: contentUuid('', 'a.pkg', { ...value, root: value.root }) };
      expect(named.uuid).toMatch(/^[0-9a-f]{32}$/);
      expect(isSelfCertified('', 'a.pkg', named)).toBe(true);
      expect(isSelfCertified('', 'b.pkg', named)).toBe(false);
      for (const wrong of [
        { size: value.size + 1 },
        { createdMs: 9 },
        { originIss: '1'.repeat(32) },
        { root: { ...value.root, hash: '1'.repeat(64) } },
      ])
        expect(isSelfCertified('', 'a.pkg', { ...named, ...wrong })).toBe(false);
    }),
  );
});

it('stamps as text are in the order of the stamps', () => {
  const wide = fc.record({ wallMs: fc.nat(2 ** 53 - 1), counter: fc.nat(1_000_000), iss: fc.constantFrom(...issues) });
  fc.assert(
    fc.property(fc.oneof(stamp, wide), fc.oneof(stamp, wide), (a, b) => {
      const [left, right] = [stampText(a), stampText(b)];
      expect(left).toHaveLength(57);
      expect(Math.sign(compareStamps(a, b))).toBe(left < right ? -1 : left > right ? 1 : 0);
    }),
  );
});
