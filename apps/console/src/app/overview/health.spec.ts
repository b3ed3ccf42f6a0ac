import type { AboutDto, NetworkDto, NetworkServerDto, PeerDto, SystemDto } from '#libs/api-client';
import { type Facts, findingsOf, oldestReport } from './health';

const server = (name: string, change: Partial<NetworkServerDto> = {}): NetworkServerDto =>
  ({ iss: name, name, relation: 'peer', status: 'in_sync', sentence: '', last_heard_ts: 100, ...change }) as NetworkServerDto;
const networkOf = (...servers: NetworkServerDto[]): NetworkDto => ({ servers, notices: [] }) as unknown as NetworkDto;
const self = server('Berlin', { relation: 'self', last_heard_ts: null });
const nothing: Facts = { about: null, peers: [], network: networkOf(self), system: null, counts: {}, held: 0 };

describe('the health of the mesh', () => {
  it('is good when every known server is in sync', () => {
    expect(findingsOf({ ...nothing, network: networkOf(self, server('Oslo')), counts: { Public: 12 } })).toEqual([]);
  });

  it('names a silent server that is known only through others, with the sentence of the Network page', () => {
    const rome = server('Rome', { relation: 'known', status: 'silent', sentence: 'Rome was last seen 29 minutes ago.' });
    const [finding] = findingsOf({ ...nothing, network: networkOf(self, server('Oslo'), rome) });
    expect(finding).toMatchObject({ tone: 'bad', text: 'Rome was last seen 29 minutes ago.', link: '/network' });
  });

  it('does not call a paused server unreachable', () => {
    const peers = [{ iss: 'Oslo', name: 'Oslo', status: 'paused' } as PeerDto];
    const network = networkOf(self, server('Oslo', { status: 'unreachable', sentence: 'Oslo does not answer.' }));
    expect(findingsOf({ ...nothing, peers, network })).toMatchObject([{ tone: 'plain', text: expect.stringContaining('is paused') }]);
  });

  it('shows a problem of the whole network', () => {
    const network = { ...networkOf(self), notices: [{ kind: 'clock', severity: 'problem', sentence: 'Set the clock of this server.' }] };
    expect(findingsOf({ ...nothing, network: network as NetworkDto })).toMatchObject([
      { tone: 'bad', text: 'Set the clock of this server.' },
    ]);
  });

  it('shows the worst first', () => {
    const network = networkOf(self, server('Oslo', { status: 'catching_up' }), server('Rome', { status: 'unreachable' }));
    const tones = findingsOf({ ...nothing, network, counts: { Failed: 1, Waiting: 2 } }).map(({ tone }) => tone);
    expect(tones).toEqual(['bad', 'bad', 'warn', 'busy']);
  });

  it('rests on the oldest report of the servers in sync', () => {
    expect(oldestReport(networkOf(self, server('Oslo', { last_heard_ts: 90 }), server('Rome', { last_heard_ts: 70 })))).toBe(70);
    expect(oldestReport(networkOf(self))).toBeNull();
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

  it('asks for the URL unless the server is firewalled, and for a decision about held changes', () => {
    const about = (firewalled_mode: boolean) => ({ url: null, firewalled_mode }) as AboutDto;
    expect(findingsOf({ ...nothing, about: about(true) })).toEqual([]);
    expect(findingsOf({ ...nothing, about: about(false) })).toMatchObject([{ link: '/admin' }]);
    expect(findingsOf({ ...nothing, held: 4 })).toMatchObject([{ link: '/held', tone: 'bad' }]);
  });
});
