import { mayReadMetrics } from './metrics-access.js';

const local = { address: '127.0.0.1', authorization: undefined, isForwardedByAStranger: false };

describe('mayReadMetrics', () => {
  it.each([
    ['this machine', local, null, true],
    ['this machine, IPv6', { ...local, address: '::1' }, null, true],
    ['this machine, IPv4 on an IPv6 socket', { ...local, address: '::ffff:127.0.0.1' }, null, true],
    ['another machine', { ...local, address: '192.0.2.7' }, null, false],
    ['a name that begins alike', { ...local, address: '127x' }, null, false],
    ['an unknown address', { ...local, address: undefined }, null, false],
    ['another machine behind a proxy on this machine', { ...local, isForwardedByAStranger: true }, null, false],
    ['this machine without the token', local, 'secret', false],
    ['another machine with the token', { ...local, address: '192.0.2.7', authorization: 'Bearer secret' }, 'secret', true],
    ['another machine with another token', { ...local, address: '192.0.2.7', authorization: 'Bearer guess' }, 'secret', false],
  ])('%s', (_, scraper, token, expected) => expect(mayReadMetrics(scraper, token)).toBe(expected));
});
