import type { DistributionPoint, PointAddress } from '../client/distribution-points.js';
import { type PointInput, planPoints } from './plan-point.js';

const berlin: PointAddress = { serverName: 'berlin.example.com', httpsEnabled: true, httpsPort: 443, httpsContext: 'share' };
const server = (more: Partial<PointInput> = {}): PointInput => ({
  ...{
    iss: 'a',
    serverName: 'Berlin',
    url: 'https://berlin.example.com',
    managed: true,
    name: 'ODS Berlin',
    context: 'share',
    known: null,
  },
  ...more,
});
const point = (more: Partial<DistributionPoint> = {}): DistributionPoint => ({
  ...berlin,
  id: '3',
  name: 'ODS Berlin',
  principal: false,
  ...more,
});
const kept = (base: PointAddress = berlin) => ({ known: { jamfId: '3', base } });
const plan = (input: PointInput, ...found: DistributionPoint[]) => planPoints([input], found).get(input.iss)!;

describe('the distribution point of a server', () => {
  it('is made when none leads there', () => {
    expect(plan(server(), point({ id: '1', name: 'Cloud', serverName: 'cloud.example.com' }))).toMatchObject({
      state: 'to_create',
      write: { kind: 'create', name: 'ODS Berlin', address: berlin },
    });
  });

  it.each<[string, Partial<DistributionPoint>]>([
    ['as it is', {}],
    ['with the host in capitals', { serverName: 'BERLIN.example.com' }],
    ['with slashes around the context', { httpsContext: '/share/' }],
    ['with another name', { name: 'Headquarters' }],
  ])('is taken over when it was there before, %s', (_what, more) => {
    expect(plan(server(), point(more))).toMatchObject({ state: 'in_step', write: null, point: { id: '3' } });
  });

  it.each<[string, Partial<DistributionPoint>]>([
    ['another port', { httpsPort: 8443 }],
    ['another context', { httpsContext: 'JamfShare' }],
    ['another host', { serverName: 'rome.example.com' }],
  ])('is not one with %s', (_what, more) => {
    expect(plan(server(), point({ ...more, name: 'Other' }))).toMatchObject({ state: 'to_create' });
  });

  it('does not take a name that another one has', () => {
    expect(plan(server(), point({ serverName: 'rome.example.com', name: 'ods berlin' }))).toMatchObject({
      state: 'conflict',
      write: null,
      reason: expect.stringContaining('is called "ODS Berlin" (3)'),
    });
  });

  it('follows the address of the server, in the fields that differ only', () => {
    expect(plan(server({ ...kept(), url: 'https://new.example.com:8443' }), point())).toMatchObject({
      state: 'to_update',
      write: { kind: 'update', id: '3', fields: { serverName: 'new.example.com', httpsPort: 8443 } },
    });
  });

  it.each<[string, Partial<DistributionPoint>]>([
    ['host', { serverName: 'proxy.example.com' }],
    ['port', { httpsPort: 8443 }],
    ['context', { httpsContext: 'JamfShare' }],
    ['HTTPS', { httpsEnabled: false }],
  ])('is not written over when its %s was edited in Jamf Pro', (_what, more) => {
    expect(plan(server(kept()), point(more))).toMatchObject({ state: 'edited', write: null });
  });

  it('is not written over when it was edited and the server has moved too', () => {
    const moved = server({ ...kept(), url: 'https://new.example.com' });
    expect(plan(moved, point({ serverName: 'proxy.example.com' }))).toMatchObject({ state: 'edited', write: null });
    expect(plan(moved, point({ serverName: 'new.example.com' }))).toMatchObject({ state: 'in_step', write: null });
  });

  it('is not made again when it was deleted there', () => {
    expect(plan(server(kept()))).toMatchObject({ state: 'missing_in_jamf', write: null });
    expect(plan(server(kept()), point({ id: '4' }))).toMatchObject({ state: 'missing_in_jamf', write: null });
  });

  it.each<[string, Partial<PointInput>, string]>([
    ['without an address', { url: null }, 'no_url'],
    ['with an address without TLS', { url: 'http://berlin.example.com' }, 'needs_https'],
    ['that is left alone', { managed: false }, 'left_alone'],
  ])('is not written of a server %s', (_what, more, state) => {
    expect(plan(server(more))).toMatchObject({ state, write: null });
  });

  it('is not chosen among several', () => {
    expect(plan(server(), point(), point({ id: '5', name: 'Second' }))).toMatchObject({ state: 'conflict', write: null, point: null });
  });

  it('is not made for two servers with one address', () => {
    const plans = planPoints([server(), server({ iss: 'b', serverName: 'Clone', url: 'https://BERLIN.example.com:443' })], []);
    for (const iss of ['a', 'b']) expect(plans.get(iss)).toMatchObject({ state: 'conflict', write: null });
    const alone = planPoints([server(), server({ iss: 'b', serverName: 'Clone', managed: false })], []);
    expect(alone.get('a')).toMatchObject({ state: 'to_create' });
  });
});
