import type { AboutDto, PeerDto, SystemDto } from '#libs/api-client';
import { type Facts, findingsOf } from './health';

const nothing: Facts = { about: null, peers: [], system: null, counts: {}, held: 0 };
const peer = (change: Partial<PeerDto>): PeerDto => ({ name: 'Oslo', status: 'connected', lag: 0, last_error: null, ...change }) as PeerDto;

describe('the health of a server', () => {
  it('is good when there is nothing to tell', () => {
    expect(findingsOf({ ...nothing, peers: [peer({})], counts: { Public: 12 } })).toEqual([]);
  });

  it('names the server that is away, and why', () => {
    const [finding] = findingsOf({ ...nothing, peers: [peer({ status: 'unreachable', last_error: 'Connection refused.' })] });
    expect(finding).toMatchObject({ tone: 'bad', text: 'Oslo does not answer. Connection refused.', link: '/network' });
  });

  it('tells the worst first', () => {
    const peers = [peer({ status: 'paused' }), peer({ lag: 3 })];
    const tones = findingsOf({ ...nothing, peers, counts: { Failed: 1, Waiting: 2 } }).map(({ tone }) => tone);
    expect(tones).toEqual(['bad', 'warn', 'busy', 'plain']);
  });

  it('counts packages in words', () => {
    const texts = findingsOf({ ...nothing, counts: { Failed: 1, Waiting: 2 } }).map(({ text }) => text);
    expect(texts).toEqual(['1 package: could not be fetched.', '2 packages: waiting for a server or for room.']);
  });

  it('speaks of the disk only when it is nearly full', () => {
    const system = (free: number) => ({ disk_free: free, disk_total: 100, disk_free_hr: `${free} B` }) as SystemDto;
    expect(findingsOf({ ...nothing, system: system(50) })).toEqual([]);
    expect(findingsOf({ ...nothing, system: system(5) })).toMatchObject([{ tone: 'warn', query: { sort: '-size' } }]);
  });

  it('asks for the URL unless the server is firewalled, and for a decision about held deletes', () => {
    const about = (firewalled_mode: boolean) => ({ url: null, firewalled_mode }) as AboutDto;
    expect(findingsOf({ ...nothing, about: about(true) })).toEqual([]);
    expect(findingsOf({ ...nothing, about: about(false) })).toMatchObject([{ link: '/admin' }]);
    expect(findingsOf({ ...nothing, held: 4 })).toMatchObject([{ link: '/held', tone: 'bad' }]);
  });
});
