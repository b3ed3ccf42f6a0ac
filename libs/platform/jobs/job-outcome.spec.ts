import { afterFailure, afterSuccess, type ClaimedJob, readable } from './job-outcome.js';
import { JobInterrupted, JobPostponed, type JobType, UnrecoverableJob } from './job-type.js';

const NOW = 1_000_000;
const type: JobType<unknown> = { name: 'test', lane: 'quick', maxAttempts: 3, backoffMs: 1_000, backoffCapMs: 60_000 };
const periodic: JobType<unknown> = { ...type, everyMs: 100_000 };
const job = (attempts: number): ClaimedJob => ({
  id: 'a',
  type: 'test',
  dedupeKey: null,
  payload: {},
  state: 'running',
  dueMs: 1,
  lease: 'l',
  again: false,
  attempts,
  lastError: 'before',
  createdMs: 1,
});

describe('the outcome of a run', () => {
  it('that succeeded is the end of the row', () => {
    expect(afterSuccess(type, NOW)).toEqual({ state: 'done' });
  });

  it('that succeeded and is periodic is the next time, spread by 10 %', () => {
    const dues = Array.from({ length: 500 }, () => afterSuccess(periodic, NOW)).map((outcome) =>
      outcome.state === 'done' ? NaN : outcome.dueMs - NOW,
    );
    expect(Math.min(...dues)).toBeGreaterThanOrEqual(90_000);
    expect(Math.max(...dues)).toBeLessThanOrEqual(110_000);
    expect(Math.max(...dues) - Math.min(...dues)).toBeGreaterThan(15_000);
  });

  it.each<[string, Error, number, JobType<unknown>, object]>([
    ['failed', new Error('why'), 1, type, { state: 'due', attempts: 1, lastError: 'why', givesWayToRerun: false }],
    [
      'failed for the last time',
      new Error('why'),
      3,
      type,
      { state: 'failed', dueMs: NOW, attempts: 3, lastError: 'why', givesWayToRerun: true },
    ],
    ['is hopeless', new UnrecoverableJob('gone'), 1, type, { state: 'failed', attempts: 1, lastError: 'gone' }],
    ['was interrupted', new JobInterrupted('x'), 2, type, { state: 'due', dueMs: NOW, attempts: 1, lastError: 'before' }],
    [
      'is postponed',
      new JobPostponed(500, 'full'),
      3,
      type,
      { state: 'due', dueMs: NOW + 500, attempts: 0, lastError: 'full', givesWayToRerun: true },
    ],
    ['is periodic and hopeless', new UnrecoverableJob('gone'), 7, periodic, { state: 'due', attempts: 7, lastError: 'gone' }],
  ])('that %s', (_what, error, attempts, of, outcome) => {
    expect(afterFailure(job(attempts), of, error, NOW)).toMatchObject(outcome);
  });

  it('keeps of an error what every database takes', () => {
    expect(readable(new Error('\u0000a\u0000'))).toBe('a');
    expect(readable(new Error('x'.repeat(9_999)))).toHaveLength(2_000);
    expect(readable(undefined)).toBe('undefined');
  });
});
