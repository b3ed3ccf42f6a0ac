import { layOut } from './topology';

const peers = (count: number) => Array.from({ length: count }, (_, id) => ({ id, name: `Server ${id}`, status: 'connected' as const }));

describe('the picture of the network', () => {
  it.each([1, 2, 16, 50])('has a place for each of %i servers, inside and apart', (count) => {
    const spots = layOut(peers(count));
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
    expect(layOut([{ id: 1, name: 'A server with a very long name', status: 'paused' }])[0]!.name).toBe('A server with a v…');
  });
});
