import { evaluateConditions, rangeCounts } from './http-conditions.js';

const etag = '"sha256-abc"';
const lastModifiedMs = Date.parse('Sat, 11 Nov 2017 03:15:54 GMT') + 321;
const validators = { etag, lastModifiedMs };
const [before, same, after] = ['Sat, 11 Nov 2017 03:15:53 GMT', 'Sat, 11 Nov 2017 03:15:54 GMT', 'Sat, 11 Nov 2017 03:15:55 GMT'];

describe('evaluateConditions', () => {
  it.each([
    [{}, 200],
    [{ 'if-none-match': etag }, 304],
    [{ 'if-none-match': `"other", ${etag}` }, 304],
    [{ 'if-none-match': `W/${etag}` }, 304], // weak comparison (RFC 9110 §13.1.2)
    [{ 'if-none-match': '*' }, 304],
    [{ 'if-none-match': '"other"' }, 200],
    [{ 'if-none-match': '"with, comma"' }, 200],
    [{ 'if-none-match': 'nonsense' }, 200],
    [{ 'if-none-match': '"other"', 'if-modified-since': after }, 200], // the tag decides alone
    [{ 'if-modified-since': same }, 304],
    [{ 'if-modified-since': after }, 304],
    [{ 'if-modified-since': before }, 200],
    [{ 'if-modified-since': 'yesterday' }, 200],
    [{ 'if-match': etag }, 200],
    [{ 'if-match': '*' }, 200],
    [{ 'if-match': '"other"' }, 412],
    [{ 'if-match': `W/${etag}` }, 412], // strong comparison (§13.1.1)
    [{ 'if-match': etag, 'if-unmodified-since': before }, 200], // the tag decides alone
    [{ 'if-match': '"other"', 'if-none-match': etag }, 412],
    [{ 'if-match': etag, 'if-none-match': etag }, 304],
    [{ 'if-unmodified-since': before }, 412],
    [{ 'if-unmodified-since': same }, 200],
    [{ 'if-unmodified-since': after }, 200],
    [{ 'if-unmodified-since': 'yesterday' }, 200],
  ])('answers %j with %i', (headers, status) => {
    expect(evaluateConditions(headers, validators)).toBe(status);
  });
});

describe('rangeCounts', () => {
  it.each([
    [{}, true],
    [{ 'if-range': etag }, true],
    [{ 'if-range': `W/${etag}` }, false],
    [{ 'if-range': '"other"' }, false],
    [{ 'if-range': same }, true],
    [{ 'if-range': before }, false],
    [{ 'if-range': after }, false], // the date must be the same, not later (§13.1.5)
    [{ 'if-range': 'nonsense' }, false],
  ])('for %j is %s', (headers, counts) => {
    expect(rangeCounts(headers, validators)).toBe(counts);
  });
});

describe('dates as validators', () => {
  const changedMs = Date.UTC(2026, 10, 26, 12, 0, 0) + 400;
  const date = new Date(changedMs).toUTCString();
  const fresh = { etag, lastModifiedMs: changedMs };

  it.each([
    [0, false],
    [599, false],
    [1_599, false],
    [1_600, true],
    [60_000, true],
  ])('are strong %i ms after the change: %s', (later, counts) => {
    expect(rangeCounts({ 'if-range': date }, fresh, changedMs + later)).toBe(counts);
    expect(rangeCounts({ 'if-range': etag }, fresh, changedMs + later)).toBe(true);
  });

  it('count in the three forms of HTTP, and in no other', () => {
    for (const same of ['Sat, 11 Nov 2017 03:15:54 GMT', 'Saturday, 11-Nov-17 03:15:54 GMT', 'Sat Nov 11 03:15:54 2017']) {
      expect([same, rangeCounts({ 'if-range': same }, validators)]).toEqual([same, true]);
      expect([same, evaluateConditions({ 'if-modified-since': same }, validators)]).toEqual([same, 304]);
    }
    for (const other of [
      '2017-11-11T03:15:54Z',
      '2030',
      'Nov 11 2030',
      'Sat, 11 Nov 2030 03:15:54',
      'Sat, 31 Feb 2030 03:15:54 GMT',
      '0',
    ]) {
      expect([other, rangeCounts({ 'if-range': other }, validators)]).toEqual([other, false]);
      expect([other, evaluateConditions({ 'if-modified-since': other }, validators)]).toEqual([other, 200]);
      expect([other, evaluateConditions({ 'if-unmodified-since': other }, validators)]).toEqual([other, 200]);
    }
  });
});
