import { Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Clock } from '#libs/platform/clock.js';
import { Config } from '#libs/platform/config/config.js';
import { derivedKey } from '#libs/platform/crypto/derived-key.js';
import { SecretBox, SecretUnreadable } from '#libs/platform/crypto/secret-box.js';
import { PublicPath } from '#libs/platform/http/public-path.js';
import type { Challenge } from '../provider/openid-provider.js';

/** Of a person who is signed in with a password, and wants to sign in at the provider from now on. */
export interface LinkRequest {
  readonly userId: number;
  readonly sessionId: string;
}

/** One sign-in that is under way at the provider. */
export interface Attempt extends Challenge {
  /** The page of the console that was asked for. */
  readonly then: string;
  /** Of the provider that it began at: the settings may change meanwhile. */
  readonly issuer: string;
  readonly clientId: string;
  readonly expiresMs: number;
  /** Set when a local account is to become an external one: who asked for it, in which sign-in. */
  readonly link: LinkRequest | null;
}

const PURPOSE = 'sign-in under way';
const PATH = '/api/admin/auth/oidc';
/** Long enough for a second factor. */
export const ATTEMPT_MS = 10 * 60_000;

/**
 * Keeps a sign-in that is under way in the browser that began it, sealed: no other browser can end it, and a stranger who begins a million of
 * them fills no table. SameSite=Lax, because the provider sends the browser back from another site.
 */
@Injectable()
export class AttemptCookie {
  readonly name: string;

  constructor(
    config: Config,
    private readonly box: SecretBox,
    private readonly paths: PublicPath,
    private readonly clock: Clock,
  ) {
    this.name = `ods_oidc_${derivedKey(config, 'cookie name').toString('hex').slice(0, 8)}`;
  }

  /** Null when there is none, or its time is over. */
  read(request: FastifyRequest): Attempt | null {
    const sealed = request.cookies[this.name];
    if (sealed === undefined) return null;
    try {
      const attempt = JSON.parse(this.box.open(sealed, PURPOSE)) as Attempt;
      return attempt.expiresMs > this.clock.now() ? attempt : null;
    } catch (error) {
      if (error instanceof SecretUnreadable) return null; // it was changed, or the key was replaced
      throw error;
    }
  }

  write(reply: FastifyReply, attempt: Attempt): void {
    const value = this.box.seal(JSON.stringify(attempt), PURPOSE);
    void reply.setCookie(this.name, value, { ...this.attributes(reply), maxAge: ATTEMPT_MS / 1_000 });
  }

  clear(reply: FastifyReply): void {
    void reply.clearCookie(this.name, this.attributes(reply));
  }

  private attributes({ request }: FastifyReply) {
    return {
      path: this.paths.of(request.headers) + PATH,
      httpOnly: true,
      sameSite: 'lax',
      secure: request.protocol === 'https',
    } as const;
  }
}
