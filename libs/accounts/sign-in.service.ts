import { Injectable } from '@nestjs/common';
import { isExternal, type User } from '#libs/entities/user.entity.js';
import { AuditTrail } from '#libs/audit/audit-trail.js';
import { Database } from '#libs/platform/database/database.js';
import { FirstSignInElsewhere, SignInRefused } from './accounts.errors.js';
import type { Client } from './client.js';
import { FirstSignIn } from './first-sign-in.js';
import { PasswordCheck } from './password-check.js';
import { DEFAULT_PASSWORD } from './password-rules.js';
import type { Principal } from '#libs/platform/admin-api/principal.js';
import { Sessions, type SignedIn } from './sessions.js';
import { UserRepository } from './user.repository.js';
import { PeopleOnly } from './users.errors.js';
import { usernameKey } from './username.js';

export interface Credentials {
  readonly username: string;
  readonly password: string;
  /** Of the first sign-in from another machine. */
  readonly code?: string | undefined;
}

/** Signs people in and out. */
@Injectable()
export class SignInService {
  constructor(
    private readonly db: Database,
    private readonly users: UserRepository,
    private readonly passwords: PasswordCheck,
    private readonly sessions: Sessions,
    private readonly audit: AuditTrail,
    private readonly first: FirstSignIn,
  ) {}

  /** Throws SignInRefused, FirstSignInElsewhere, SignInBlocked or SignInOverloaded. */
  async signIn({ username, password, code }: Credentials, client: Client): Promise<SignedIn> {
    const account = usernameKey(username);
    const user = await this.passwords.check({
      account,
      address: client.address,
      password,
      find: () => this.users.findByKey(account),
      refusal: 'user.sign_in_refused',
      admits: (found) => this.first.admits(found, { password, code, client }),
    });
    const signedIn = user && (await this.open(user, client));
    if (!signedIn) throw password === DEFAULT_PASSWORD && !client.isLocal ? new FirstSignInElsewhere() : new SignInRefused();
    return signedIn;
  }

  async signOut({ sessionId, username }: Principal): Promise<void> {
    if (sessionId === null) throw new PeopleOnly();
    await this.db.transaction(async () => {
      if (await this.sessions.end(sessionId)) {
        await this.audit.record({ action: 'user.signed_out', subject: username });
      }
    });
  }

  /** Null when the account is disabled, or was changed since the password was checked. */
  private open(checked: User, client: Client): Promise<SignedIn | null> {
    const { username: subject } = checked;
    return this.db.transaction(async () => {
      const user = await this.users.findLocked(checked.id);
      if (!user || user.disabled || isExternal(user) || user.passwordHash !== checked.passwordHash) {
        const reason = user?.disabled ? 'account is disabled' : 'account was changed';
        await this.audit.record({ action: 'user.sign_in_refused', subject, details: { reason } });
        return null;
      }
      const signedIn = await this.sessions.open(user, client);
      await this.users.setLastLogin(user.id, signedIn.session.createdMs);
      await this.audit.record({
        action: 'user.signed_in',
        subject,
        actor: { kind: 'user', name: subject },
      });
      return signedIn;
    });
  }
}
