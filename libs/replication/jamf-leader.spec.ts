import fc from 'fast-check';
import { jamfIdOf } from './jamf-claim.js';
import { comesBefore, isFresh, isItsTurn, type JamfServer, type JamfTurn, leaderOf, turnAfter } from './jamf-leader.js';

const INTERVAL = 300_000;
const NOW = 1_700_000_000_000;
const server = (iss: string, priority: number, more: { ready?: boolean; heardMs?: number } = {}): JamfServer => ({
  iss,
  heardMs: more.heardMs ?? NOW,
  claim: { id: jamfIdOf('https://jamf.example.com'), priority, ready: more.ready ?? true, since: null },
});
const anyServers = fc.uniqueArray(
  fc.record({
    iss: fc.constantFrom('a', 'b', 'c', 'd', 'e'),
    heardMs: fc.integer({ min: NOW - 5 * INTERVAL, max: NOW }),
    claim: fc.record({
      id: fc.constant('0123456789abcdef'),
      priority: fc.integer({ min: 0, max: 2 }),
      ready: fc.boolean(),
      since: fc.constant(null),
    }),
  }),
  { selector: ({ iss }) => iss },
);

describe('the server that keeps a Jamf Pro server in step', () => {
  it('is the same for everyone who has heard the same: ready, not silent, and before every other such server', () => {
    fc.assert(
      fc.property(anyServers, fc.integer(), (servers, by) => {
        const leader = leaderOf(servers, NOW, INTERVAL);
        const turned = servers.map((_, index) => servers[(index + Math.abs(by)) % servers.length]!);
        expect(leaderOf(turned, NOW, INTERVAL)).toBe(leader);
        const able = servers.filter(({ claim, heardMs }) => claim.ready && heardMs >= NOW - 3 * INTERVAL);
        expect(leader === null).toBe(able.length === 0);
        if (leader !== null) {
          expect(able).toContain(leader);
          expect(able.some((each) => comesBefore(each, leader))).toBe(false);
        }
      }),
    );
  });

  it('is the next one when it is silent for more than three intervals, or not ready', () => {
    const [first, second] = [server('b', 1), server('a', 2)];
    expect(leaderOf([second, first], NOW, INTERVAL)).toBe(first);
    expect(leaderOf([{ ...first, heardMs: NOW - 3 * INTERVAL }, second], NOW, INTERVAL)?.iss).toBe('b');
    expect(leaderOf([{ ...first, heardMs: NOW - 3 * INTERVAL - 1 }, second], NOW, INTERVAL)).toBe(second);
    expect(leaderOf([server('b', 1, { ready: false }), second], NOW, INTERVAL)).toBe(second);
    expect(leaderOf([], NOW, INTERVAL)).toBeNull();
  });

  it('writes at once when it is the only one, and otherwise after two intervals', () => {
    const before: JamfTurn = { leadsFromMs: null, lookedMs: null };
    expect(turnAfter(before, { isFirst: true, isOnly: true }, NOW, INTERVAL).leadsFromMs).toBe(NOW);
    const turn = turnAfter(before, { isFirst: true, isOnly: false }, NOW, INTERVAL);
    expect(turn).toEqual({ leadsFromMs: NOW + 2 * INTERVAL, lookedMs: NOW });
    expect(isItsTurn(turn, NOW + 2 * INTERVAL - 1, INTERVAL)).toBe(false);
    expect(isItsTurn(turn, NOW + 2 * INTERVAL, INTERVAL)).toBe(true);
  });

  it('goes on after a short interruption; after a long one, or when the clock was set back, it waits anew', () => {
    const turn: JamfTurn = { leadsFromMs: NOW - INTERVAL, lookedMs: NOW };
    const first = { isFirst: true, isOnly: false };
    expect(turnAfter(turn, first, NOW + INTERVAL, INTERVAL).leadsFromMs).toBe(NOW - INTERVAL);
    for (const at of [NOW + 2 * INTERVAL + 1, NOW - 1]) {
      expect(isItsTurn(turn, at, INTERVAL)).toBe(false);
      expect(turnAfter(turn, first, at, INTERVAL).leadsFromMs).toBe(at + 2 * INTERVAL);
    }
  });
});

/** A server of the simulation: it looks once an interval, and what it says then is heard by all after at most one interval. */
interface Simulated {
  readonly iss: string;
  priority: number;
  isUp: boolean;
  answersMs: number | null;
  doesJamfAnswer: boolean;
  turn: JamfTurn;
  readonly heard: Map<string, JamfServer>;
}

const TICKS = 4;
const TICK = INTERVAL / TICKS;
type Act = {
  readonly at: number;
  readonly of: number;
  readonly kind: 'kill' | 'start' | 'refuse' | 'accept' | 'rank';
  readonly rank: number;
};

const anyAct: fc.Arbitrary<Act> = fc.record({
  at: fc.integer({ min: 8 * TICKS, max: 70 * TICKS }),
  of: fc.integer({ min: 0, max: 3 }),
  kind: fc.constantFrom('kill' as const, 'start' as const, 'refuse' as const, 'accept' as const, 'rank' as const),
  rank: fc.integer({ min: 0, max: 3 }),
});

describe('servers that are connected with one Jamf Pro server, in a mesh that carries their summaries', () => {
  const own = (each: Simulated, now: number): JamfServer => {
    const claim = { id: '0123456789abcdef', priority: each.priority, ready: isFresh(each.answersMs, now, INTERVAL), since: null };
    return { iss: each.iss, heardMs: now, claim };
  };
  const seen = (each: Simulated, now: number): JamfServer[] => [own(each, now), ...each.heard.values()];
  const writes = (each: Simulated, now: number): boolean =>
    each.isUp && leaderOf(seen(each, now), now, INTERVAL)?.iss === each.iss && isItsTurn(each.turn, now, INTERVAL);

  it('never write two at a time, whatever fails when, and one writes again when all is well', () => {
    fc.assert(
      fc.property(
        fc.array(anyAct, { maxLength: 40 }),
        fc.array(fc.integer({ min: 1, max: TICKS }), { minLength: 8, maxLength: 8 }),
        (acts, lags) => {
          const servers = ['a', 'b', 'c', 'd'].map((iss, index): Simulated => ({
            ...{ iss, priority: index, isUp: true, answersMs: null, doesJamfAnswer: true },
            ...{ turn: { leadsFromMs: null, lookedMs: null }, heard: new Map() },
          }));
          const onTheWay: { readonly at: number; readonly to: Simulated; readonly said: JamfServer }[] = [];
          let lag = 0;
          const say = (from: Simulated, tick: number): void => {
            for (const to of servers.filter((each) => each !== from))
              onTheWay.push({ at: tick + lags[(lag += 1) % lags.length]!, to, said: own(from, tick * TICK) });
          };
          const look = (each: Simulated, tick: number): void => {
            const now = tick * TICK;
            if (each.doesJamfAnswer) each.answersMs = now;
            const isFirst = leaderOf(seen(each, now), now, INTERVAL)?.iss === each.iss;
            each.turn = turnAfter(each.turn, { isFirst, isOnly: each.heard.size === 0 }, now, INTERVAL);
            say(each, tick);
          };
          const END = 90 * TICKS;
          for (let tick = 0; tick <= END; tick += 1) {
            const now = tick * TICK;
            for (const { to, said } of onTheWay.filter(({ at }) => at === tick)) {
              // What came while it was down it reads when it is back, which is later: it counts from then on.
              if (to.isUp) to.heard.set(said.iss, { ...said, heardMs: now });
            }
            for (const { of, kind, rank } of acts.filter(({ at }) => at === tick)) {
              const each = servers[of]!;
              if (kind === 'kill') each.isUp = false;
              if (kind === 'start') each.isUp = true;
              if (kind === 'refuse') each.doesJamfAnswer = false;
              if (kind === 'accept') each.doesJamfAnswer = true;
              if (kind === 'rank') {
                each.priority = rank;
                if (each.isUp) look(each, tick);
              }
            }
            if (tick === 72 * TICKS) for (const each of servers) Object.assign(each, { isUp: true, doesJamfAnswer: true });
            // They are connected one after the other: the first does not wait, since it knows of no other.
            for (const [index, each] of servers.entries())
              if (each.isUp && tick >= index * 2 * TICKS && tick % TICKS === index) look(each, tick);
            expect(servers.filter((each) => writes(each, now)).length).toBeLessThanOrEqual(1);
          }
          expect(servers.filter((each) => writes(each, END * TICK))).toHaveLength(1);
        },
      ),
      { numRuns: 100 },
    );
  });
});
