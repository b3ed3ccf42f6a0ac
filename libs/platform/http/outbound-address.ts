import ipaddr from 'ipaddr.js';
import { isIP } from 'node:net';

/** Cloud metadata services outside of link-local ranges: AWS over IPv6, Alibaba Cloud. */
const metadata = ['fd00:ec2::254', '100.100.100.200'];
/** What may be inside of these is another address in disguise. */
const forbiddenRanges = [
  ...['unspecified', 'loopback', 'linkLocal', 'multicast', 'broadcast', 'reserved'],
  ...['6to4', 'teredo', 'rfc6052', 'rfc6145', 'ipv4Mapped'],
];

/**
 * Whether requests that people make this server send may go there. Private networks are where ODS lives and are allowed; this
 * machine, link-local and metadata addresses are not (OWASP, Server Side Request Forgery Prevention).
 */
export function isOutboundAllowed(address: string): boolean {
  const parsed = parse(address); // IPv4 in IPv6 clothes is IPv4
  return parsed !== null && !forbiddenRanges.includes(parsed.range()) && !metadata.includes(parsed.toString());
}

/** This machine itself, where a mail relay for example may be. */
export const isLoopback = (address: string): boolean => parse(address)?.range() === 'loopback';

const parse = (address: string): ipaddr.IPv4 | ipaddr.IPv6 | null => (isIP(address) === 0 ? null : ipaddr.process(address));
