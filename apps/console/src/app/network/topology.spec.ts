import { layOut, walk } from './topology';

const server = (id: number, relation: 'peer' | 'known' = 'peer') => ({
  iss: `iss-${id}`,
  name: `Server ${id}`,
  status: 'in_sync' as const,
  relation,
});
const servers = (count: number, known = 0) => Array.from({ length: count }, (_, id) => server(id, id < count - known ? 'peer' : 'known'));

describe('the picture of the network', () => {
  it.each([
    [1, 0],
    [2, 1],
    [16, 0],
    [16, 8],
    [50, 0],
    [50, 40],
    [50, 25],
  ])('has a place for each of %i servers, %i of them known through other servers, inside and apart', (count, known) => {
    const spots = layOut(servers(count, known));
    expect(spots).toHaveLength(count);
    for (const { x, y } of spots) {
      expect(x).toBeGreaterThan(100);
      expect(x).toBeLessThan(620);
      expect(y).toBeGreaterThan(20);
      expect(y).toBeLessThan(350);
    }
    for (const [index, one] of spots.entries())
      for (const other of spots.slice(index + 1)) expect(Math.hypot(one.x - other.x, one.y - other.y)).toBeGreaterThan(14);
  });

  it('shortens long names', () => {
    expect(layOut([{ ...server(1), name: 'A server with a very long name' }])[0]!.label).toBe('A server with …');
  });

  it('names only those that need a look when there are many', () => {
    const many = [...servers(30), { ...server(99), status: 'unreachable' as const }];
    expect(
      layOut(many)
        .map(({ label }) => label)
        .filter(Boolean),
    ).toEqual(['Server 99']);
  });

  it('puts neighbours side by side, and leaves no server out', () => {
    const links = [
      { from: 'iss-0', to: 'iss-3' },
      { from: 'iss-3', to: 'iss-1' },
    ];
    expect(walk(servers(5), links).map(({ iss }) => iss)).toEqual(['iss-0', 'iss-3', 'iss-1', 'iss-2', 'iss-4']);
  });
});
