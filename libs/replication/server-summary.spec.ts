import fc from 'fast-check';
import { CatalogDigest } from './catalog-digest.js';
import {
  differsInProgressOnly,
  MAX_SUMMARY_BYTES,
  readSigned,
  readSummary,
  saysTheSame,
  type ServerSummary,
  SummaryMalformed,
  writeSummary,
} from './server-summary.js';
import { HEARTBEAT_MS, spacingOf } from './summary-pace.js';

const iss = 'a'.repeat(32);
const missing = { uuid: '1'.repeat(32), percent: 4, isActive: true, reason: null };
const summary: ServerSummary = {
  iss,
  name: 'Lab',
  stage: 'Prod',
  url: 'http://lab.example:8080',
  firewalledMode: false,
  issuedMs: 1_700_000_000_000,
  peers: ['b'.repeat(32)],
  freeBytes: 12,
  packages: 3,
  digest: new CatalogDigest().toText(),
  digest2: null,
  munkiDigest: null,
  missing: [missing],
  missingCount: 1,
  kept: ['2'.repeat(32)],
};
const jamf = { id: '0123456789abcdef', priority: 100, ready: true, since: 1_700_000_000_000 };
const body = writeSummary(summary);
const envelope = { iss, public_key: 'PEM', body, signature: 'A'.repeat(86) };
const changed = (change: Record<string, unknown>): string => JSON.stringify({ ...(JSON.parse(body) as object), ...change });

describe('a summary', () => {
  it('is read as it was written', () => expect(readSummary(body)).toEqual(summary));

  it('says whether its server is connected with Jamf Pro, which is worth a new one', () => {
    const connected = { ...summary, jamf };
    expect(readSummary(writeSummary(connected))).toEqual(connected);
    expect(readSummary(changed({ jamf: { ...jamf, since: null, mood: 'good' } })).jamf).toEqual({ ...jamf, since: null });
    expect(saysTheSame(connected, { ...connected, jamf: { ...jamf, ready: false } })).toBe(false);
    expect(saysTheSame(summary, connected)).toBe(false);
  });

  it('shortens a long reason between two words, and says so', () => {
    const reason = 'There is not enough room. '.repeat(20).trim();
    const [said] = readSummary(writeSummary({ ...summary, missing: [{ ...missing, reason }] })).missing;
    expect(said!.reason).toMatch(/^There is not enough room\..* (?:room\.|[a-z]+)…$/);
    expect(said!.reason!.length).toBeLessThanOrEqual(200);
  });

  it('says a reason whole that is two sentences long', () => {
    const reason = 'There is not enough free disk space on this server. Free some space or lower what is kept, then it goes on.';
    expect(readSummary(writeSummary({ ...summary, missing: [{ ...missing, reason }] })).missing).toEqual([{ ...missing, reason }]);
  });

  it('stays small enough for every database, however much is missing and whatever the reasons are', () => {
    const long = Array.from({ length: 200 }, (_, index) => ({
      ...missing,
      uuid: index.toString(16).padStart(32, '0'),
      reason: '\u{1F4E6}'.repeat(400),
    }));
    const peers = Array.from({ length: 900 }, (_, index) => index.toString(16).padStart(32, '0'));
    const text = writeSummary({ ...summary, missing: long, missingCount: 900, peers });
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(MAX_SUMMARY_BYTES);
    const said = readSummary(text);
    expect(said.missing.length).toBeGreaterThan(50);
    expect(said).toMatchObject({ missingCount: 900 });
    expect(said.peers).toHaveLength(200);
  });

  it.each<[string, unknown]>([
    ['iss', 'A'.repeat(32)],
    ['name', ''],
    ['name', 'two\nlines'],
    ['name', 'x'.repeat(101)],
    ['name', 'over\u202Eturned'],
    ['stage', 'Live'],
    ['url', 'javascript:alert(1)'],
    ['url', 'http://a b'],
    ['issued_ms', -1],
    ['issued_ms', 1e300],
    ['peers', 'b'],
    ['peers', ['b']],
    ['peers', new Array(201).fill(iss)],
    ['free_bytes', 'much'],
    ['packages', 1.5],
    ['digest', 'AAAA'],
    ['missing', [{ uuid: '../..', percent: 0, active: false, reason: null }]],
    ['missing', [{ uuid: iss, percent: 101, active: false, reason: null }]],
    ['missing', [{ uuid: iss, percent: 1, active: false, reason: 'x'.repeat(201) }]],
    ['missing', new Array(201).fill({ uuid: iss, percent: 0, active: false, reason: null })],
    ['missing_count', 0],
    ['jamf', null],
    ['jamf', []],
    ['jamf', 'first'],
    ['jamf', { ...jamf, id: 'https://jamf.example.com' }],
    ['jamf', { ...jamf, id: 'x'.repeat(60_000) }],
    ['jamf', { ...jamf, priority: -1 }],
    ['jamf', { ...jamf, priority: 0.5 }],
    ['jamf', { ...jamf, priority: 1_001 }],
    ['jamf', { ...jamf, priority: '1' }],
    ['jamf', { ...jamf, ready: 'yes' }],
    ['jamf', { ...jamf, since: -1 }],
    ['jamf', { ...jamf, since: undefined }],
  ])('is refused when its %s is %j', (field, value) => {
    expect(() => readSummary(changed({ [field]: value }))).toThrow(SummaryMalformed);
  });

  it('is refused, never more than that, whatever is sent in its place', () => {
    const tries = (read: () => unknown): void => {
      try {
        read();
      } catch (error) {
        expect(error).toBeInstanceOf(SummaryMalformed);
      }
    };
    fc.assert(fc.property(fc.jsonValue(), (value) => tries(() => readSummary(JSON.stringify(value)))));
    fc.assert(fc.property(fc.jsonValue(), (value) => tries(() => readSigned(value, 0))));
    const fields = Object.keys(JSON.parse(body) as object);
    fc.assert(
      fc.property(fc.constantFrom(...fields), fc.jsonValue(), (field, value) => tries(() => readSummary(changed({ [field]: value })))),
    );
  });

  it('ignores fields of a later version', () => expect(readSummary(changed({ mood: 'good' }))).toEqual(summary));
});

describe('the envelope', () => {
  const now = summary.issuedMs;
  it('is read', () => expect(readSigned(envelope, now)).toMatchObject({ summary, signed: { iss, publicKey: 'PEM' } }));

  it.each<[string, object]>([
    ['another server', { iss: 'b'.repeat(32) }],
    ['a long key', { public_key: 'x'.repeat(1_001) }],
    ['a short signature', { signature: 'A' }],
    ['a large body', { body: changed({ more: 'x'.repeat(MAX_SUMMARY_BYTES) }) }],
    ['no JSON', { body: '{' }],
    ['no body', { body: undefined }],
  ])('is refused with %s', (_, change) => expect(() => readSigned({ ...envelope, ...change }, now)).toThrow(SummaryMalformed));

  it('may be from a clock that is a little ahead, not from the future', () => {
    expect(() => readSigned(envelope, now - 9 * 60_000)).not.toThrow();
    expect(() => readSigned(envelope, now - 11 * 60_000)).toThrow(/wrong clock/);
  });
});

describe('what is worth a new summary', () => {
  it('is not the time and not the free space alone', () => {
    expect(saysTheSame(summary, { ...summary, issuedMs: 5, freeBytes: 99 })).toBe(true);
    expect(saysTheSame(summary, { ...summary, packages: 4 })).toBe(false);
    expect(saysTheSame(summary, { ...summary, missing: [{ ...missing, percent: 5 }] })).toBe(false);
  });

  it('can wait longer when only a percentage moves', () => {
    expect(differsInProgressOnly(summary, { ...summary, missing: [{ ...missing, percent: 5 }] })).toBe(true);
    expect(differsInProgressOnly(summary, { ...summary, missing: [{ ...missing, isActive: false }] })).toBe(false);
    expect(spacingOf(3_000, 4, true)).toBeGreaterThan(spacingOf(3_000, 4, false));
  });

  it('is published less often in a large mesh and when it is long, but at least as often as a heartbeat', () => {
    expect(spacingOf(3_000, 4, false)).toBe(2_000);
    expect(spacingOf(3_000, 200, false)).toBe(20_000);
    expect(spacingOf(40_960, 4, false)).toBe(10_000);
    expect(spacingOf(60_000, 1_000, true)).toBe(HEARTBEAT_MS);
  });
});
