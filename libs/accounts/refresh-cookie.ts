import { Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Config } from '#libs/platform/config/config.js';
import { derivedKey } from '#libs/platform/crypto/derived-key.js';
import { PublicPath } from '#libs/platform/http/public-path.js';
import { SessionTokens } from './session-tokens.js';

const PATH = '/api/admin/auth';

/**
 * Keeps the refresh token where no script can read it. Cookies do not know ports, and several servers can run
 * on one host, so each server has a name of its own for it; replicas share the name as they share SECRET_KEY.
 */
@Injectable()
export class RefreshCookie {
  readonly name: string;

  constructor(
    config: Config,
    private readonly tokens: SessionTokens,
    private readonly paths: PublicPath,
  ) {
    this.name = `ods_refresh_${derivedKey(config, 'cookie name').toString('hex').slice(0, 8)}`;
  }

  read(request: FastifyRequest): string | undefined {
    return request.cookies[this.name];
  }

  write(reply: FastifyReply, token: string): void {
    void reply.setCookie(this.name, token, {
      ...this.attributes(reply),
      maxAge: this.tokens.sessionMs / 1_000,
    });
  }

  clear(reply: FastifyReply): void {
    void reply.clearCookie(this.name, this.attributes(reply));
  }

  private attributes({ request }: FastifyReply) {
    return {
      path: this.paths.of(request.headers) + PATH,
      httpOnly: true,
      sameSite: 'strict',
      secure: request.protocol === 'https',
    } as const;
  }
}
