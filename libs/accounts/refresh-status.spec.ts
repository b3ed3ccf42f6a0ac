import { REFRESH_GRACE_MS, refreshStatus } from './refresh-status.js';

describe('refreshStanding', () => {
  const rotated = { refreshHash: 'second', previousHash: 'first', rotatedMs: 1_000 };
  const lastGraceful = 1_000 + REFRESH_GRACE_MS;

  it.each([
    ['the only token', { refreshHash: 'first', previousHash: null, rotatedMs: null }, 'first', 1_000, 'newest'],
    ['the newest token, soon', rotated, 'second', lastGraceful, 'just-issued'],
    ['the newest token, later', rotated, 'second', lastGraceful + 1, 'newest'],
    ['the replaced token, soon', rotated, 'first', lastGraceful, 'just-replaced'],
    ['the replaced token, later', rotated, 'first', lastGraceful + 1, 'outdated'],
    ['an older token', rotated, 'zeroth', 1_001, 'outdated'],
    ['a foreign token', { refreshHash: 'first', previousHash: null, rotatedMs: null }, 'x', 1_000, 'outdated'],
  ] as const)('calls %s what it is', (_title, session, presented, now, standing) => {
    expect(refreshStatus(session, presented, now)).toBe(standing);
  });
});
