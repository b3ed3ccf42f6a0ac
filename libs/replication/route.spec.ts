import fc from 'fast-check';
import { blockedSentence, blockersOf, type Waypoint } from './route.js';
import { stages } from './stage.js';

const at = (iss: string, stage: Waypoint['stage'], peers: string[] | null, more: Partial<Waypoint> = {}): Waypoint => ({
  ...{ iss, name: iss.toUpperCase(), stage, peers, relays: false, holds: false },
  ...more,
});

describe('the way of a content', () => {
  const line = (more: Partial<Waypoint> = {}): Waypoint[] => [
    at('a', 'Dev', ['b'], { holds: true }),
    at('b', 'Prod', ['a', 'c'], more),
    at('c', 'Dev', ['b']),
  ];

  it('ends at a server of another stage, unless that one holds transit copies or has it', () => {
    expect(blockersOf('c', 'Dev', line()).map(({ iss }) => iss)).toEqual(['b']);
    expect(blockersOf('c', 'Dev', line({ relays: true }))).toEqual([]);
    expect(blockersOf('c', 'Dev', line({ holds: true }))).toEqual([]);
    expect(blockersOf('c', 'Prod', line())).toEqual([]);
  });

  it('may be another one', () => {
    const round = [...line(), at('d', 'Dev', ['a', 'c'])];
    expect(blockersOf('c', 'Dev', round)).toEqual([]);
  });

  it('is not judged when no server has it, or a server on it has not reported its peers', () => {
    expect(
      blockersOf(
        'c',
        'Dev',
        line().map((server) => ({ ...server, holds: false })),
      ),
    ).toEqual([]);
    expect(
      blockersOf(
        'c',
        'Dev',
        [...line(), at('x', 'Dev', null)].map((s) => (s.iss === 'c' ? { ...s, peers: ['b', 'x'] } : s)),
      ),
    ).toEqual([]);
  });

  it('is described in a sentence', () => {
    expect(blockedSentence('C', 'Dev', blockersOf('c', 'Dev', line()))).toMatch(
      /cannot come to C: .* B \(Prod\), which passes no Dev packages on/,
    );
    expect(blockedSentence('C', 'Dev', [])).toBeNull();
  });

  it('is never said to end where every server passes it on', () => {
    const graph = fc.array(fc.record({ stage: fc.constantFrom(...stages), peers: fc.uniqueArray(fc.nat(5)), holds: fc.boolean() }), {
      minLength: 6,
      maxLength: 6,
    });
    fc.assert(
      fc.property(graph, (servers) => {
        const known = servers.map(({ stage, peers, holds }, index) => at(String(index), stage, peers.map(String), { holds, relays: true }));
        expect(blockersOf('0', 'Dev', known)).toEqual([]);
      }),
    );
  });
});
