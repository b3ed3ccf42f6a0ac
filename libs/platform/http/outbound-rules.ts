import { Injectable } from '@nestjs/common';
import { lookup as resolve } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import { Config } from '../config/config.js';
import { isLoopback, isOutboundAllowed } from './outbound-address.js';

/** The request was not sent. */
export class AddressForbidden extends Error {
  override readonly name = 'AddressForbidden';
  readonly code = 'ODS_ADDRESS_FORBIDDEN';
  constructor(where: string) {
    super(`${where} is an address of this machine, or a link-local or metadata address; nothing is sent there (OUTBOUND_ALLOW_LOCAL).`);
  }
}

/** Whether a request may go to this machine: where the URL was given by an administrator, or this server is itself on loopback. */
export type Loopback = 'allowed' | 'refused';

const hostOf = (url: string): string => (URL.canParse(url) ? new URL(url).hostname.replace(/^\[|\]$/g, '') : '');

/** Whether a URL names this machine. */
export function isLoopbackUrl(url: string): boolean {
  const host = hostOf(url);
  return host === 'localhost' || host.endsWith('.localhost') || isLoopback(host);
}

/**
 * Where this server sends requests that others make it send: to peers, to servers that register, to webhooks. Never to link-local and
 * metadata addresses, and to loopback only where that is said (OWASP, Server Side Request Forgery Prevention).
 */
@Injectable()
export class OutboundRules {
  /** The address that was checked is the one that is connected to: a name cannot change its meaning in between. */
  readonly lookups: Readonly<Record<Loopback, LookupFunction>> = { allowed: this.lookupFor('allowed'), refused: this.lookupFor('refused') };

  constructor(private readonly config: Config) {}

  /** An address that is written out is never looked up. Throws AddressForbidden. */
  check(url: string, loopback: Loopback): void {
    const host = hostOf(url);
    if (isIP(host) !== 0 && !this.allows(host, loopback)) throw new AddressForbidden(host);
  }

  /** This server listens on loopback only: others that it knows are on this machine, too. */
  get isOnLoopback(): boolean {
    return isLoopbackUrl(`http://${this.config.get('HOST').includes(':') ? `[${this.config.get('HOST')}]` : this.config.get('HOST')}`);
  }

  private lookupFor(loopback: Loopback): LookupFunction {
    return (hostname, options, callback) => {
      resolve(hostname, { ...options, all: true }, (error, addresses) => {
        if (error) return callback(error, '', 0);
        const allowed = addresses.filter(({ address }) => this.allows(address, loopback));
        const [first] = allowed;
        if (first === undefined) return callback(new AddressForbidden(hostname), '', 0);
        if (options.all) callback(null, allowed);
        else callback(null, first.address, first.family);
      });
    };
  }

  private allows(address: string, loopback: Loopback): boolean {
    return this.config.get('OUTBOUND_ALLOW_LOCAL') || isOutboundAllowed(address) || (loopback === 'allowed' && isLoopback(address));
  }
}
