import { Injectable } from '@nestjs/common';
import type { Session } from '#libs/entities/session.entity.js';
import type { User } from '#libs/entities/user.entity.js';
import { AuditTrail } from '#libs/audit/audit-trail.js';
import { Clock } from '#libs/platform/clock.js';
import { newHexId } from '#libs/platform/crypto/digest.js';
import { Database } from '#libs/platform/database/database.js';
import { SignInRequired } from './accounts.errors.js';
import type { Client } from './client.js';
import { refreshStatus } from './refresh-status.js';
import { type SessionOfUser, SessionRepository } from './session.repository.js';
import { SessionTokens } from './session-tokens.js';

/** A sign-in with the two tokens that its client has. */
export interface SignedIn extends SessionOfUser {
  readonly accessToken: string;
  readonly expiresInSeconds: number;
  readonly refreshToken: string;
}

/** Begins, prolongs and ends sign-ins. */
@Injectable()
export class Sessions {
  constructor(
    private readonly db: Database,
    private readonly sessions: SessionRepository,
    private readonly tokens: SessionTokens,
    private readonly audit: AuditTrail,
    private readonly clock: Clock,
  ) {}

  /** Writes a sign-in down, in the caller's transaction, and answers its tokens. */
  async open(user: User, { address, userAgent }: Client): Promise<SignedIn> {
    const now = this.clock.now();
    const id = newHexId();
    const token = this.tokens.firstRefresh(id);
    const session = {
      id,
      userId: user.id,
      refreshHash: this.tokens.hash(token),
      previousHash: null,
      rotatedMs: null,
      createdMs: now,
      lastUsedMs: now,
      expiresMs: this.tokens.expiryOf(now, now),
      address,
      userAgent,
    };
    await this.sessions.insert(session);
    return this.signedIn({ session, user }, token);
  }

  /** New tokens for a refresh token. One that was replaced a while ago ends the sign-in: it is in two hands. */
  async prolong(presented: string | undefined): Promise<SignedIn> {
    for (;;) {
      const { found, token } = await this.find(presented);
      switch (refreshStatus(found.session, this.tokens.hash(token), this.clock.now())) {
        case 'just-issued':
          return this.signedIn(found, token);
        case 'just-replaced':
          return this.signedIn(found, this.tokens.nextRefresh(token));
        case 'newest':
          if (await this.replace(found.session, token)) return this.signedIn(found, this.tokens.nextRefresh(token));
          break; // another request of the same client was first: read it again
        case 'outdated':
          if (!this.tokens.wasIssued(token)) throw new SignInRequired('This refresh token was not made by this server. Sign in.');
          await this.endAsStolen(found);
          throw new SignInRequired('This sign-in was ended because an old refresh token was used. Sign in again.');
      }
    }
  }

  /** True when there was such a sign-in. */
  end(id: string): Promise<boolean> {
    return this.sessions.delete(id);
  }

  async endOthers(userId: number, keptId: string | null): Promise<void> {
    await this.sessions.deleteOthers(userId, keptId);
  }

  private async find(presented: string | undefined): Promise<{ found: SessionOfUser; token: string }> {
    const id = this.tokens.sessionOf(presented);
    const found = id === null ? null : await this.sessions.findWithUser(id);
    if (!found || presented === undefined || found.session.expiresMs <= this.clock.now() || found.user.disabled) {
      throw new SignInRequired('There is no sign-in to refresh. Sign in.');
    }
    return { found, token: presented };
  }

  private replace(session: Session, token: string): Promise<boolean> {
    const now = this.clock.now();
    return this.sessions.rotate(session.id, session.refreshHash, {
      refreshHash: this.tokens.hash(this.tokens.nextRefresh(token)),
      lastUsedMs: now,
      expiresMs: this.tokens.expiryOf(session.createdMs, now),
    });
  }

  private async endAsStolen({ session, user }: SessionOfUser): Promise<void> {
    await this.db.transaction(async () => {
      await this.sessions.delete(session.id);
      await this.audit.record({
        action: 'user.sign_in_revoked',
        subject: user.username,
        details: { reason: 'old refresh token used' },
      });
    });
  }

  private async signedIn(found: SessionOfUser, refreshToken: string): Promise<SignedIn> {
    const accessToken = await this.tokens.access(found.session);
    return { ...found, accessToken, expiresInSeconds: this.tokens.accessSeconds, refreshToken };
  }
}
