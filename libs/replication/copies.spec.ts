import fc from 'fast-check';
import { copiesStateOf, type CopiesCount, countStep, hasCopy } from './copies.js';
import type { ServerSummary } from './server-summary.js';

const uuid = '1'.repeat(32);
const asked = { uuid, stage: 'Prod', bucket: 0 } as const;
const summary = { missing: [], missingCount: 0 } as unknown as ServerSummary;
const holder = { stage: 'Prod', summary, missing: new Map(), agrees: [true], staleSince: null, kept: new Set<string>() } as const;

describe('a copy', () => {
  it.each([
    ['is where it is admitted and not missing', asked, holder, true],
    ['is not where the last report is too old', asked, { ...holder, staleSince: 'May' }, false],
    ['is not where nothing was reported', asked, { ...holder, summary: null }, false],
    ['is not where the change is not confirmed', asked, { ...holder, agrees: [false] }, false],
    ['is not where not all that is missing was named', asked, { ...holder, summary: { ...summary, missingCount: 3 } }, false],
    ['is not where it is not admitted', { ...asked, stage: 'Dev' as const }, holder, false],
    ['is where it was withdrawn and is kept', { ...asked, stage: 'Dev' as const }, { ...holder, kept: new Set([uuid]) }, true],
  ])('%s', (_, what, server, expected) => expect(hasCopy(what, server)).toBe(expected));
});

describe('the number of copies', () => {
  it.each([
    [null, 'unknown'],
    [0, 'none'],
    [1, 'one'],
    [2, 'several'],
  ] as const)('%s is %s', (copies, state) => expect(copiesStateOf(copies)).toBe(state));

  const run = (counts: readonly number[]): { count: CopiesCount | null; events: string[] } => {
    const events: string[] = [];
    let count: CopiesCount | null = null;
    for (const [minute, counted] of counts.entries()) {
      const step = countStep(count, counted, minute * 60_000, 10 * 60_000);
      if (step.event) events.push(`${step.event} at ${minute}`);
      count = step.count;
    }
    return { count, events };
  };

  it('rises at once, and falls when it was lower for the whole time', () => {
    expect(run([1, 2, 3]).count).toMatchObject({ copies: 3 });
    expect(run([3, ...new Array<number>(12).fill(1)]).events).toEqual(['low at 11']);
    expect(run([3, ...new Array<number>(30).fill(0)]).events).toEqual(['none at 11']);
    expect(run([2, 1, 1, 2, 1, 1, 1, 2])).toMatchObject({ events: [], count: { copies: 2 } });
    expect(run(new Array<number>(30).fill(1)).events).toEqual([]); // an only copy is no news
    expect(run(new Array<number>(30).fill(0)).events).toEqual(['none at 10']);
  });

  it('never falls below what was counted within the time, and never stays below what is counted now', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 1, maxLength: 60 }), (counts) => {
        const { count } = run(counts);
        const recent = counts.slice(-10);
        expect(count!.copies).toBeGreaterThanOrEqual(recent.at(-1)!);
        expect(count!.copies).toBeLessThanOrEqual(Math.max(1, ...counts));
      }),
    );
  });
});
