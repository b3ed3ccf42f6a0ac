import type { FastifyRequest } from 'fastify';
import { isLoopback } from '#libs/platform/http/outbound-address.js';

/** The client that a user signs in from. */
export interface Client {
  readonly address: string;
  readonly userAgent: string | null;
  /** On this machine itself. */
  readonly isLocal: boolean;
}

const ADDRESS_LENGTH = 64;
const USER_AGENT_LENGTH = 255;
/** What proxies add. A proxy on this machine is local; those who come through it need not be. */
const forwardingHeaders = ['x-forwarded-for', 'x-forwarded-host', 'x-forwarded-proto', 'x-real-ip', 'forwarded', 'via'];

/** The connection must come from this machine; one that was forwarded, from a trusted proxy (TRUST_PROXY) that names this machine as the client. */
function isLocal({ ip, ips, headers, socket }: ClientRequest): boolean {
  if (!isLoopback(socket.remoteAddress ?? '')) return false;
  if (forwardingHeaders.every((name) => headers[name] === undefined)) return true;
  return ips !== undefined && headers['x-forwarded-for'] !== undefined && isLoopback(ip);
}

type ClientRequest = Pick<FastifyRequest, 'ip' | 'ips' | 'headers'> & { readonly socket: { readonly remoteAddress?: string | undefined } };

export const clientOf = (request: ClientRequest): Client => ({
  address: request.ip.slice(0, ADDRESS_LENGTH),
  userAgent: request.headers['user-agent']?.slice(0, USER_AGENT_LENGTH) ?? null,
  isLocal: isLocal(request),
});
