import { judgeRun, type KnownRun, STRAGGLERS_MS } from './run-judgement.js';

const known: KnownRun = { runId: 'b', formerRunId: 'a', rivalRunId: null, sinceMs: 1_000 };

describe('which running server is the registered one', () => {
  it.each([
    ['the known one calls', known, 'b', null, 0, 'same'],
    ['it was started again, and answers at its URL', known, 'c', 'c', 0, 'started'],
    ['it was started again, and cannot be called', known, 'c', null, 0, 'started'],
    ['another one calls while the known one answers at its URL', known, 'c', 'b', 0, 'rival'],
    ['another one calls while a third answers there', known, 'c', 'd', 0, 'rival'],
    ['the one before calls within the time of stragglers', known, 'a', null, 1_000 + STRAGGLERS_MS, 'same'],
    ['the one before is back later', known, 'a', null, 1_001 + STRAGGLERS_MS, 'returned'],
    ['one that is held calls again', { ...known, rivalRunId: 'c' }, 'c', null, 0, 'rival'],
    ['one that is held has the URL now: people decide all the same', { ...known, rivalRunId: 'c' }, 'c', 'c', 0, 'rival'],
  ] as const)('%s', (_when, row, runId, atUrl, now, judgement) => {
    expect(judgeRun(row, runId, atUrl, now)).toBe(judgement);
  });
});
