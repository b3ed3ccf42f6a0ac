import fc from 'fast-check';
import { promisesToKeep } from './release.js';

const [low, high] = ['a'.repeat(32), 'b'.repeat(32)];
const held = { state: 'held', isOffered: false, isSound: true } as const;

describe('a promise to keep a copy', () => {
  it.each([
    ['of one that is served', held, low, high, true],
    ['of one that is withdrawn, which stays from then on', { ...held, state: 'withdrawn' as const }, low, high, true],
    ['not of one that is removed without asking', { ...held, state: 'superseded' as const }, low, high, false],
    ['not of one that is not here', { ...held, state: 'absent' as const }, low, high, false],
    ['not of one that cannot be read', { ...held, isSound: false }, low, high, false],
    ['not to itself', held, low, low, false],
    ['of one that is offered, by the greater ISS ID', { ...held, state: 'withdrawn' as const, isOffered: true }, high, low, true],
    ['not of one that is offered, by the smaller ISS ID', { ...held, state: 'withdrawn' as const, isOffered: true }, low, high, false],
  ])('is given %s', (_, copy, own, asker, expected) => expect(promisesToKeep(copy, own, asker)).toBe(expected));
});

interface SimServer {
  readonly iss: string;
  state: 'held' | 'withdrawn' | 'absent';
  keepUntil: number;
  offer: { id: number; kept: boolean; waiting: number[] } | null;
}

/** The protocol as the handler runs it, one step of one server at a time: begin an offer, one peer answers (or is dark), use or end the offer, stop. */
function runs(servers: SimServer[], steps: readonly [number, number][]): void {
  let now = 0;
  let ids = 0;
  for (const [who, what] of steps) {
    now += 1;
    const server = servers[who % servers.length]!;
    const { offer } = server;
    if (what === 9)
      server.offer = offer && { ...offer, waiting: [], kept: false }; // stopped and started: its memory is gone
    else if (offer === null) {
      if (server.state === 'withdrawn' && server.keepUntil <= now) {
        server.offer = {
          id: (ids += 1),
          kept: false,
          waiting: servers.map((_, index) => index).filter((index) => servers[index] !== server),
        };
      }
    } else if (offer.waiting.length > 0) {
      const peer = servers[offer.waiting.shift()!]!;
      const isDark = what === 8;
      const copy = { state: peer.state, isOffered: peer.offer !== null, isSound: true };
      if (isDark || !promisesToKeep(copy, peer.iss, server.iss)) continue;
      peer.keepUntil = now + 1_000;
      peer.offer = null;
      if (server.offer === offer) offer.kept = true;
    } else {
      if (offer.kept) server.state = 'absent';
      server.offer = null;
    }
  }
}

it('never lets the last copy go, whatever the order, and whoever is dark or stops', () => {
  const server = fc.record({ state: fc.constantFrom('held', 'withdrawn', 'withdrawn', 'absent') });
  const step = fc.tuple(fc.nat(4), fc.nat(9));
  fc.assert(
    fc.property(fc.array(server, { minLength: 2, maxLength: 5 }), fc.array(step, { maxLength: 120 }), (states, steps) => {
      const servers = states.map(({ state }, index): SimServer => ({ iss: String(index), state, keepUntil: 0, offer: null }));
      const copies = () => servers.filter(({ state }) => state !== 'absent').length;
      const before = copies();
      runs(servers, steps);
      expect(copies()).toBeGreaterThanOrEqual(Math.min(1, before));
    }),
    { numRuns: 2_000 },
  );
});
