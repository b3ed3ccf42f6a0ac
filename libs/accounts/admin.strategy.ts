import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { PassportStrategy } from '@nestjs/passport';
import passport from 'passport';
import { ExtractJwt, Strategy } from 'passport-jwt';
import { isExternal } from '#libs/entities/user.entity.js';
import { Clock } from '#libs/platform/clock.js';
import { Config } from '#libs/platform/config/config.js';
import { newHexId } from '#libs/platform/crypto/digest.js';
import { ACCESS_ALGORITHM, ACCESS_AUDIENCE, accessKey, type AccessClaims } from './session-tokens.js';
import { SignInRequired } from './accounts.errors.js';
import type { Principal } from '#libs/platform/admin-api/principal.js';
import { SessionRepository } from './session.repository.js';

/**
 * Turns an access token into the caller. The sign-in and the user are read again for each call, so that a
 * sign-out, a disabled account or another role counts at once.
 */
@Injectable()
export class AdminStrategy extends PassportStrategy(Strategy, 'admin') implements OnApplicationShutdown {
  /** passport has one table of strategies per process; servers that share a process must not meet in it. */
  readonly registeredAs = `admin-${newHexId()}`;

  constructor(
    config: Config,
    private readonly sessions: SessionRepository,
    private readonly clock: Clock,
  ) {
    const key = accessKey(config);
    super({
      jwtFromRequest: ExtractJwt.fromAuthHeaderAsBearerToken(),
      secretOrKeyProvider: (_request: unknown, _token: unknown, done) => done(null, key as unknown as Buffer), // its types do not know objects
      algorithms: [ACCESS_ALGORITHM],
      audience: ACCESS_AUDIENCE,
    });
    passport.use(this.registeredAs, this);
  }

  async validate({ sid, sub }: AccessClaims): Promise<Principal> {
    const found = typeof sid === 'string' ? await this.sessions.findWithUser(sid) : null;
    if (!found || String(found.user.id) !== sub || found.session.expiresMs <= this.clock.now() || found.user.disabled) {
      throw new SignInRequired('This sign-in has ended. Sign in again.');
    }
    const { id, username, role, mustChangePassword } = found.user;
    return {
      kind: 'user',
      id,
      accountId: id,
      username,
      role,
      sessionId: sid,
      mustChangePassword,
      external: isExternal(found.user),
      stages: null,
    };
  }

  /** When the last request has been answered, not when the stop begins. */
  onApplicationShutdown(): void {
    passport.unuse(this.registeredAs);
  }
}
