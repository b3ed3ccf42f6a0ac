import type { Peer } from '#libs/entities/peer.entity.js';
import { statusOf } from './peer-state.js';

const NOW = 1_790_000_000_000;
const MINUTE = 60_000;
const status = (peer: Partial<Peer>) =>
  statusOf({ paused: false, firewalledMode: false, unreachableSinceMs: null, lastSeenMs: NOW, ...peer } as Peer, NOW);

describe('the status of a registered server', () => {
  it('is connected as long as nothing speaks against it', () => {
    expect(status({})).toBe('connected');
    expect(status({ lastSeenMs: NOW - 1_000 * MINUTE })).toBe('connected'); // it is called every few minutes: a failure would be known
  });

  it('is unreachable once a call has failed', () => {
    expect(status({ unreachableSinceMs: NOW - 1 })).toBe('unreachable');
  });

  it('is paused whatever else it is', () => {
    expect(status({ paused: true, unreachableSinceMs: NOW, firewalledMode: true })).toBe('paused');
  });

  it('is unknown when it cannot be called and has not called for a while', () => {
    expect(status({ firewalledMode: true, lastSeenMs: NOW - 10 * MINUTE })).toBe('connected');
    expect(status({ firewalledMode: true, lastSeenMs: NOW - 30 * MINUTE })).toBe('unknown');
    expect(status({ firewalledMode: true, lastSeenMs: null })).toBe('unknown');
  });
});
