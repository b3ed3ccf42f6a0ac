import { Injectable } from '@nestjs/common';
import { AuditTrail } from '#libs/audit/audit-trail.js';
import type { User } from '#libs/entities/user.entity.js';
import { decoyHash, hashPassword, passwordMatches } from '#libs/platform/crypto/passwords.js';
import { DomainEvents } from '#libs/events/domain-events.js';
import { requestContext } from '#libs/platform/logging/request-context.js';
import { Database } from '#libs/platform/database/database.js';
import { PasswordHashing } from './password-hashing.js';
import { type Attempt, type Charge, SignInThrottle } from './sign-in-throttle.js';

/** One password to check. */
export interface PasswordQuestion extends Attempt {
  readonly password: string;
  /** Null when no account has that name. */
  readonly find: () => Promise<User | null>;
  /** Whether the right password is enough; always, when not given. */
  readonly admits?: (user: User) => boolean;
  /** What the audit trail calls it when the password is wrong. */
  readonly refusal: 'user.sign_in_refused' | 'user.password_change_refused';
}

/** Checks passwords against guessing: throttled, few at a time, and in the same time whether there is such a user or not. */
@Injectable()
export class PasswordCheck {
  private readonly decoy = decoyHash();

  constructor(
    private readonly throttle: SignInThrottle,
    private readonly hashing: PasswordHashing,
    private readonly db: Database,
    private readonly audit: AuditTrail,
    private readonly events: DomainEvents,
  ) {}

  /** The user, when the password is right; otherwise null, and the refusal is written down. Throws SignInBlocked and SignInOverloaded. */
  async check(question: PasswordQuestion): Promise<User | null> {
    await this.throttle.admit(question);
    return this.hashing.inTurn(async () => {
      const charge = await this.throttle.charge(question);
      const user = await question.find();
      const matches = await passwordMatches(question.password, user?.passwordHash ?? this.decoy);
      const isRight = user !== null && matches && (question.admits?.(user) ?? true);
      if (isRight) await this.throttle.forgive(question, user.id);
      else await this.recordRefusal(question.refusal, user, charge, matches);
      return isRight ? user : null;
    });
  }

  hash(password: string): Promise<string> {
    return this.hashing.inTurn(() => hashPassword(password));
  }

  /** A name without an account is not recorded: people type passwords into the wrong field. */
  private async recordRefusal(action: string, user: User | null, { startsBlock, blockedMs }: Charge, matches: boolean): Promise<void> {
    const subject = user?.username;
    const write = async (): Promise<void> => {
      await this.audit.record({
        action,
        subject,
        details: { reason: !user ? 'unknown user' : matches ? 'first password, from another machine' : 'wrong password' },
      });
      if (startsBlock) {
        await this.audit.record({
          action: 'user.locked_out',
          subject,
          details: { seconds: Math.ceil(blockedMs / 1_000) },
        });
        const address = requestContext()?.address ?? null;
        await this.events.record('sign_in.locked_out', { username: subject ?? null, address, seconds: Math.ceil(blockedMs / 1_000) });
      }
    };
    // Nothing was acknowledged, so this need not wait for the disk: guessing must not slow the server down.
    await this.db.transaction(write, { canBeLost: true });
  }
}
