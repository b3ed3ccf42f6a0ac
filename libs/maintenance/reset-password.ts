import { randomInt } from 'node:crypto';
import { faultsOfPassword } from '#libs/accounts/password-rules.js';
import { SessionRepository } from '#libs/accounts/session.repository.js';
import { UserRepository } from '#libs/accounts/user.repository.js';
import { usernameKey } from '#libs/accounts/username.js';
import { AuditEventRepository } from '#libs/audit/audit-event.repository.js';
import { AuditTrail } from '#libs/audit/audit-trail.js';
import { isExternal } from '#libs/entities/user.entity.js';
import { Clock } from '#libs/platform/clock.js';
import { hashPassword } from '#libs/platform/crypto/passwords.js';
import { Database } from '#libs/platform/database/database.js';
import type { DataSource } from '#libs/platform/database/data-source.js';
import { MaintenanceFailed } from './maintenance.errors.js';

/** Without what is taken for one another when it is read aloud or copied by hand. */
const LETTERS = 'abcdefghjkmnpqrstuvwxyz23456789';
const newPassword = (): string => Array.from({ length: 20 }, () => LETTERS[randomInt(LETTERS.length)]).join('');

/** For who has lost the last administrator's password: sets one, lets the user in again, ends all of the user's sign-ins. */
export async function resetPassword(dataSource: DataSource, username: string, wanted: string | null): Promise<string> {
  const db = new Database(dataSource);
  const users = new UserRepository(db);
  const password = wanted ?? newPassword();
  const faults = faultsOfPassword(password, username);
  if (faults.length > 0) throw new MaintenanceFailed(faults.join(' '));
  const user = await users.findByKey(usernameKey(username));
  if (!user) {
    const names = (await users.findAll()).map((each) => each.username);
    throw new MaintenanceFailed(
      `There is no user "${username}". There ${names.length === 1 ? 'is' : 'are'}: ${names.join(', ') || 'none'}.`,
    );
  }
  if (isExternal(user)) throw new MaintenanceFailed(`${user.username} signs in with the company and has no password here.`);
  const passwordHash = await hashPassword(password);
  await db.transaction(async () => {
    await users.update(user.id, { ...user, passwordHash, disabled: false, mustChangePassword: true });
    await new SessionRepository(db).deleteOthers(user.id, null);
    await new AuditTrail(new AuditEventRepository(db), new Clock()).record({
      action: 'user.password_reset',
      subject: user.username,
      details: { by: 'ods-admin' },
    });
  });
  return password;
}
