import { setTimeout as sleep } from 'node:timers/promises';
import { type RaceOptions, SmallRace } from './small-race.js';

interface Goal {
  readonly uuid: string;
  readonly size: number;
}
interface Server {
  readonly iss: string;
  /** Milliseconds for each; null never answers. */
  readonly eachMs: number | null;
  readonly has: (uuid: string) => boolean;
}

const goals: Goal[] = ['a', 'b', 'c', 'd'].map((uuid) => ({ uuid, size: 1_000 }));
const server = (iss: string, eachMs: number | null, has: (uuid: string) => boolean = () => true): Server => ({ iss, eachMs, has });

const ask: RaceOptions<Server, Goal>['ask'] = async ({ eachMs, has }, wanted, on, signal) => {
  for (const goal of wanted.filter(({ uuid }) => has(uuid))) {
    try {
      await sleep(eachMs ?? 600_000, undefined, { signal });
    } catch {
      return;
    }
    on.flowed(goal.size);
    on.arrived(goal, Buffer.alloc(goal.size));
  }
};

const raceOf = (peers: readonly Server[], expectedMs: RaceOptions<Server, Goal>['expectedMs'] = () => null): SmallRace<Server, Goal> =>
  new SmallRace<Server, Goal>({ wanted: goals, peers, ask, expectedMs, now: () => performance.now() });

const giversOf = async (race: SmallRace<Server, Goal>): Promise<Record<string, string>> => {
  await race.run(new AbortController().signal);
  return Object.fromEntries(race.take().map(({ goal, peer }) => [goal.uuid, peer.iss]));
};

describe('small contents', () => {
  it('come from the first server while it is quick, each once', async () => {
    expect(await giversOf(raceOf([server('first', 1), server('second', 1)]))).toEqual({ a: 'first', b: 'first', c: 'first', d: 'first' });
  });

  it('come from the next one when the first does not answer, or has fallen behind', async () => {
    expect(new Set(Object.values(await giversOf(raceOf([server('dark', null), server('quick', 1)]))))).toEqual(new Set(['quick']));
    const givers = await giversOf(raceOf([server('slow', 2_000), server('quick', 1)], ({ iss }) => (iss === 'quick' ? 10 : null)));
    expect(Object.values(givers).filter((iss) => iss === 'quick').length).toBeGreaterThanOrEqual(3);
  });

  it('come from whoever has them', async () => {
    const race = raceOf([server('half', 1, (uuid) => uuid < 'c'), server('other', 1)]);
    expect(await giversOf(race)).toEqual({ a: 'half', b: 'half', c: 'other', d: 'other' });
    expect(await giversOf(raceOf([server('none', 1, () => false)]))).toEqual({});
  });

  it('come from a server that comes meanwhile', async () => {
    const race = raceOf([server('dark', null)]);
    const run = giversOf(race);
    race.offer([server('dark', 1), server('late', 1)]);
    expect(new Set(Object.values(await run))).toEqual(new Set(['late']));
  });

  it('are given up when that is asked for', async () => {
    const stop = new AbortController();
    const run = raceOf([server('dark', null)]).run(stop.signal);
    stop.abort(new Error('stopped'));
    await expect(run).rejects.toThrow('stopped');
  });
});
