import { isOutboundAllowed } from './outbound-address.js';

describe('an address that people gave', () => {
  it.each([
    '8.8.8.8',
    '10.0.0.5',
    '172.16.3.4',
    '192.168.99.101',
    '100.64.0.9',
    '2001:4860:4860::8888',
    'fd12:3456::1',
    '::ffff:192.168.1.1',
  ])('may be %s', (address) => expect(isOutboundAllowed(address)).toBe(true));

  it.each([
    ...[
      '127.0.0.1',
      '127.8.8.8',
      '0.0.0.0',
      '169.254.169.254',
      '169.254.0.1',
      '224.0.0.1',
      '255.255.255.255',
      '240.0.0.1',
      '100.100.100.200',
    ],
    ...[
      '::1',
      '::',
      'fe80::1',
      'ff02::1',
      '::ffff:127.0.0.1',
      '::ffff:169.254.169.254',
      '64:ff9b::7f00:1',
      '2002:7f00:1::',
      'fd00:ec2::254',
    ],
    ...['localhost', '', '1.2.3'],
  ])('may not be %s', (address) => expect(isOutboundAllowed(address)).toBe(false));
});
