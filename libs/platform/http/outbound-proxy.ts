import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import ipaddr from 'ipaddr.js';
import type { Agent } from 'node:http';
import { isIP } from 'node:net';
import { ProxyAgent } from 'proxy-agent';
import { Config } from '../config/config.js';
import { isLoopback } from './outbound-address.js';

/** What this server calls of its own accord. */
export type OutboundKind = 'peer' | 'webhook' | 'mail' | 'jamf' | 'oidc';

export interface ProxyAgents {
  readonly httpAgent: Agent;
  readonly httpsAgent: Agent;
}

const ports: Readonly<Record<string, string>> = { 'http:': '80', 'https:': '443' };
const SOCKETS_PER_HOST = 64;

const hostOf = ({ hostname }: Pick<URL, 'hostname'>): string => hostname.replace(/^\[|\]$/g, '').toLowerCase();

/** `10.0.0.0/8` and the like; false for what is no network. */
function isInNetwork(host: string, network: string): boolean {
  if (isIP(host) === 0 || !/^[0-9a-f.:]+\/\d{1,3}$/i.test(network)) return false;
  try {
    const [address, [base, bits]] = [ipaddr.process(host), ipaddr.parseCIDR(network)];
    return address.kind() === base.kind() && address.match(base, bits);
  } catch {
    return false;
  }
}

/** Whether one entry of NO_PROXY is meant for the host: as curl, Go and Python read it. */
function excludes(entry: string, host: string, port: string): boolean {
  if (entry === '*') return true;
  if (entry.includes('/')) return isInNetwork(host, entry);
  const [, bracketed, plain, entryPort] = /^(?:\[([^\]]+)\]|([^:]+|[0-9a-f:]{2,}))(?::(\d+))?$/i.exec(entry) ?? [];
  const name = (bracketed ?? plain ?? '').replace(/^\*?\./, '');
  if (name === '' || (entryPort !== undefined && entryPort !== port)) return false;
  return host === name || (isIP(host) === 0 && host.endsWith(`.${name}`));
}

/** Whether a URL is called directly: this machine always, and what NO_PROXY names, separated by commas or spaces. */
export function isDirect(url: URL, noProxy: string): boolean {
  const host = hostOf(url);
  if (host === 'localhost' || host.endsWith('.localhost') || isLoopback(host)) return true;
  const port = url.port || (ports[url.protocol] ?? '');
  return noProxy
    .toLowerCase()
    .split(/[,\s]+/)
    .some((entry) => entry !== '' && excludes(entry, host, port));
}

/** Which calls of this server go through a proxy. */
@Injectable()
export class OutboundProxy implements OnApplicationShutdown {
  private readonly agents = new Map<string, ProxyAgents>();

  constructor(private readonly config: Config) {}

  /** The URL of the proxy for a call; null: none. */
  proxyFor(kind: OutboundKind, url: URL): string | null {
    if (isDirect(url, this.config.get('NO_PROXY'))) return null;
    const given = this.settingFor(kind, url);
    if (given === null || given === 'direct') return null;
    return given.includes('://') ? given : `http://${given}`;
  }

  /** Agents whose connections go through the proxy; null: none is needed. */
  agentsFor(kind: OutboundKind, url: URL): ProxyAgents | null {
    const proxy = this.proxyFor(kind, url);
    if (proxy === null) return null;
    const known = this.agents.get(proxy);
    if (known) return known;
    const options = { getProxyForUrl: () => proxy, maxSockets: SOCKETS_PER_HOST };
    const made = {
      // Not kept: on a kept connection the second request would go out with its path alone, which no proxy can place (RFC 9112 §3.2.2).
      httpAgent: new ProxyAgent({ ...options, keepAlive: false }),
      httpsAgent: new ProxyAgent({ ...options, keepAlive: true }), // a tunnel leads to one server
    };
    this.agents.set(proxy, made);
    return made;
  }

  onApplicationShutdown(): void {
    for (const { httpAgent, httpsAgent } of this.agents.values()) [httpAgent, httpsAgent].forEach((agent) => agent.destroy());
  }

  private settingFor(kind: OutboundKind, { protocol }: URL): string | null {
    const { config } = this;
    if (kind === 'mail') return config.get('MAIL_PROXY');
    const general = config.get(protocol === 'https:' ? 'HTTPS_PROXY' : 'HTTP_PROXY');
    if (kind === 'jamf' || kind === 'oidc') return general;
    return config.get(kind === 'peer' ? 'PEER_PROXY' : 'WEBHOOK_PROXY') ?? general;
  }
}
