import type { JamfCheck } from '#libs/entities/jamf-check.entity.js';
import { pickChecks } from './pick-checks.js';

const NOW = 1_000 * 3_600_000;
const HOUR = 3_600_000;
const target = (filenameKey: string, uuid = 'u') => ({ filenameKey, uuid });
const row = (filenameKey: string, hoursAgo: number | null, more: Partial<JamfCheck> = {}): JamfCheck => ({
  ...{
    id: 1,
    iss: 'a',
    filename: filenameKey,
    filenameKey,
    uuid: 'u',
    state: 'right',
    detail: '',
    wholeMs: null,
    rate: null,
    asked: null,
    askedMs: null,
  },
  checkedMs: hoursAgo === null ? null : NOW - hoursAgo * HOUR,
  ...more,
});
const picked = (...args: Parameters<typeof pickChecks>) =>
  pickChecks(...args).map(({ target: { filenameKey }, depth }) => `${filenameKey} ${depth}`);

describe('what is tried at a server', () => {
  it('is everything new, a few at a time', () => {
    const many = Array.from({ length: 50 }, (_, index) => target(`p${index}`));
    expect(picked(many, [], NOW)).toHaveLength(20);
  });

  it('is what was replaced, and not what was tried an hour ago', () => {
    expect(picked([target('a', 'new'), target('b')], [row('a', 1), row('b', 1)], NOW)).toEqual(['a head']);
  });

  it('is what was tried longest ago, two at a time', () => {
    const rows = [row('a', 13), row('b', 40), row('c', 30), row('d', 11)];
    expect(
      picked(
        ['a', 'b', 'c', 'd'].map((key) => target(key)),
        rows,
        NOW,
      ),
    ).toEqual(['b head', 'c head']);
  });

  it('is all that was asked for, as deep as it was, first', () => {
    const rows = [row('a', 1, { asked: 'whole' }), row('b', null, { asked: 'head' }), row('c', null)];
    expect(
      picked(
        ['a', 'b', 'c', 'd'].map((key) => target(key)),
        rows,
        NOW,
      ),
    ).toEqual(['a whole', 'b head', 'c head', 'd head']);
  });

  it('is nothing that the server should not have', () => {
    expect(picked([], [row('a', 100, { asked: 'whole' })], NOW)).toEqual([]);
  });
});
