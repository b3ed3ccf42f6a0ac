import ipaddr from 'ipaddr.js';

/** What is counted as one address: an IPv6 customer has a whole /64; IPv4 in IPv6 clothes is IPv4. */
export function addressKey(address: string): string {
  if (!ipaddr.isValid(address)) return address;
  const parsed = ipaddr.process(address);
  if (parsed.kind() === 'ipv4') return parsed.toString();
  return parsed.toNormalizedString().split(':').slice(0, 4).join(':');
}
