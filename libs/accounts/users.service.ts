import { Injectable } from '@nestjs/common';
import { AuditTrail } from '#libs/audit/audit-trail.js';
import { isExternal, localIdentity, type Role, type User } from '#libs/entities/user.entity.js';
import { Clock } from '#libs/platform/clock.js';
import { decoyHash } from '#libs/platform/crypto/passwords.js';
import { Database } from '#libs/platform/database/database.js';
import { InvalidRequest } from '#libs/platform/errors/common.errors.js';
import { ApiTokenRepository } from './api-token.repository.js';
import { KnownAddressRepository } from './known-address.repository.js';
import { PasswordCheck } from './password-check.js';
import { faultsOfPassword } from './password-rules.js';
import type { Principal } from '#libs/platform/admin-api/principal.js';
import { SessionRepository } from './session.repository.js';
import { UserRepository } from './user.repository.js';
import { usernameKey } from './username.js';
import { ExternalAccount, LastAdministrator, OwnPassword, UsernameTaken, UserNotFound } from './users.errors.js';

export interface NewUser {
  readonly username: string;
  /** Of a person; a service account has none. */
  readonly password?: string | undefined;
  readonly role: Role;
  readonly service?: boolean | undefined;
}

export interface UserChange {
  readonly role?: Role;
  readonly disabled?: boolean;
  readonly password?: string;
}

/** With a password: an external account is of no use while the OpenID provider is away. */
const isAdministrator = (user: User): boolean => user.role === 'admin' && !user.disabled && !user.service && !isExternal(user);

const passwordFault = (service: boolean) => ({
  pointer: '/password',
  detail: service ? 'A service account has no password; programs use its tokens.' : 'password must be given for the account of a person.',
});

/** The accounts of people and programs. There is always an administrator who can sign in. */
@Injectable()
export class UsersService {
  constructor(
    private readonly db: Database,
    private readonly users: UserRepository,
    private readonly sessions: SessionRepository,
    private readonly tokens: ApiTokenRepository,
    private readonly known: KnownAddressRepository,
    private readonly passwords: PasswordCheck,
    private readonly audit: AuditTrail,
    private readonly clock: Clock,
  ) {}

  list(): Promise<User[]> {
    return this.users.findAll();
  }

  async get(id: number): Promise<User> {
    const user = await this.users.findById(id);
    if (!user) throw new UserNotFound();
    return user;
  }

  /** Throws UsernameTaken. The password of a person is for the first sign-in only; a service account cannot sign in. */
  async create({ username: typed, password, role, service = false }: NewUser): Promise<User> {
    const username = typed.normalize('NFC');
    if (service === (password !== undefined)) throw new InvalidRequest([passwordFault(service)]);
    const passwordHash = password === undefined ? decoyHash() : await this.hashOf(password, username);
    return this.db.transaction(async () => {
      const created = await this.users.insert({
        ...{ username, usernameKey: usernameKey(username), passwordHash, role },
        mustChangePassword: !service,
        disabled: false,
        service,
        ...localIdentity,
        createdMs: this.clock.now(),
        lastLoginMs: null,
      });
      if (!created) throw new UsernameTaken(username);
      await this.audit.record({ action: 'user.created', subject: username, details: service ? { role, service } : { role } });
      return created;
    });
  }

  /** A new password or a disabled account ends the user's sign-ins. Throws UserNotFound, LastAdministrator, OwnPassword, ExternalAccount. */
  async update(id: number, { password, ...change }: UserChange, caller: Principal): Promise<User> {
    if (password !== undefined && caller.kind === 'user' && caller.id === id) throw new OwnPassword();
    const user = await this.get(id);
    const { username, service } = user;
    if (isExternal(user) && (password !== undefined || (change.role ?? user.role) !== user.role)) throw new ExternalAccount();
    if (service && password !== undefined) throw new InvalidRequest([passwordFault(true)]);
    const passwordHash = password === undefined ? undefined : await this.hashOf(password, username);
    return this.db.transaction(async () => {
      const { user: before, isLast } = await this.hold(id);
      const after = {
        ...before,
        role: change.role ?? before.role,
        disabled: change.disabled ?? before.disabled,
        ...(passwordHash === undefined ? {} : { passwordHash, mustChangePassword: true }),
      };
      if (isLast && !isAdministrator(after)) throw new LastAdministrator();
      await this.users.update(id, after);
      if (passwordHash !== undefined || after.disabled) await this.sessions.deleteOthers(id, null);
      await this.record(before, after);
      return after;
    });
  }

  /** Its sign-ins and tokens end with it. Throws UserNotFound and LastAdministrator. */
  async remove(id: number): Promise<void> {
    await this.db.transaction(async () => {
      const { user, isLast } = await this.hold(id);
      if (isLast) throw new LastAdministrator();
      await this.sessions.deleteOthers(id, null);
      await this.known.deleteOfUser(id);
      for (const token of await this.tokens.findOfAccount(id)) {
        await this.tokens.delete(token.id);
        await this.audit.record({ action: 'token.revoked', subject: token.name, details: { role: token.role, account: user.username } });
      }
      await this.users.delete(id);
      const { username, role, disabled } = user;
      await this.audit.record({ action: 'user.deleted', subject: username, details: { before: { role, disabled } } });
    });
  }

  /** The administrators stay as they are until the transaction ends: two who demote each other at once must not both succeed. */
  private async hold(id: number): Promise<{ user: User; isLast: boolean }> {
    const administrators = await this.users.findAdministratorsLocked();
    const user = administrators.find((each) => each.id === id) ?? (await this.users.findLocked(id));
    if (!user) throw new UserNotFound();
    return { user, isLast: isAdministrator(user) && administrators.length === 1 };
  }

  private async record(before: User, after: User): Promise<void> {
    const shown = ({ role, disabled }: User) => ({ role, disabled });
    const details = { before: shown(before), after: shown(after) };
    if (before.role !== after.role || before.disabled !== after.disabled) {
      await this.audit.record({ action: 'user.updated', subject: after.username, details });
    }
    if (before.passwordHash !== after.passwordHash) {
      await this.audit.record({ action: 'user.password_reset', subject: after.username });
    }
  }

  private hashOf(password: string, username: string): Promise<string> {
    const faults = faultsOfPassword(password, username);
    if (faults.length > 0) throw new InvalidRequest(faults.map((detail) => ({ pointer: '/password', detail })));
    return this.passwords.hash(password);
  }
}
