import { Injectable } from '@nestjs/common';
import { AuditTrail } from '#libs/audit/audit-trail.js';
import { isExternal } from '#libs/entities/user.entity.js';
import { Database } from '#libs/platform/database/database.js';
import { InvalidRequest } from '#libs/platform/errors/common.errors.js';
import { AccountChanged, CurrentPasswordWrong, SignInRequired } from './accounts.errors.js';
import { PasswordCheck } from './password-check.js';
import { faultsOfPassword } from './password-rules.js';
import type { Principal } from '#libs/platform/admin-api/principal.js';
import { Sessions } from './sessions.js';
import { UserRepository } from './user.repository.js';
import { ExternalAccount, PeopleOnly } from './users.errors.js';

export interface PasswordChange {
  readonly current_password: string;
  readonly new_password: string;
}

/** Changes one's own password. */
@Injectable()
export class PasswordService {
  constructor(
    private readonly db: Database,
    private readonly users: UserRepository,
    private readonly passwords: PasswordCheck,
    private readonly sessions: Sessions,
    private readonly audit: AuditTrail,
  ) {}

  /** Ends all other sign-ins of the user. The current password is asked for, and guessing it is slowed down as at sign-in. */
  async change(caller: Principal, address: string, { current_password, new_password }: PasswordChange): Promise<void> {
    if (caller.kind !== 'user') throw new PeopleOnly();
    const user = await this.users.findById(caller.id);
    if (!user) throw new SignInRequired();
    if (isExternal(user)) throw new ExternalAccount();
    const { username, usernameKey: account } = user;
    const isRight = await this.passwords.check({
      account,
      address,
      password: current_password,
      find: () => Promise.resolve(user),
      refusal: 'user.password_change_refused',
    });
    if (!isRight) throw new CurrentPasswordWrong();
    const faults = faultsOfPassword(new_password, username);
    if (new_password === current_password) faults.push('The new password is the current one.');
    if (faults.length > 0) throw new InvalidRequest(faults.map((detail) => ({ pointer: '/new_password', detail })));
    const hash = await this.passwords.hash(new_password);
    await this.db.transaction(async () => {
      if (!(await this.users.replacePassword(user.id, user.passwordHash, hash))) throw new AccountChanged();
      await this.sessions.endOthers(user.id, caller.sessionId);
      await this.audit.record({ action: 'user.password_changed', subject: username });
    });
  }
}
