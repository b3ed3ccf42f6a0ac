import type { FastifyRequest } from 'fastify';

/** From where somebody signs in. */
export interface Client {
  readonly address: string;
  readonly userAgent: string | null;
}

const ADDRESS_LENGTH = 64;
const USER_AGENT_LENGTH = 255;

export const clientOf = ({ ip, headers }: Pick<FastifyRequest, 'ip' | 'headers'>): Client => ({
  address: ip.slice(0, ADDRESS_LENGTH),
  userAgent: headers['user-agent']?.slice(0, USER_AGENT_LENGTH) ?? null,
});
