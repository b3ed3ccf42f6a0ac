import { Injectable } from '@nestjs/common';
import type { Client } from '#libs/accounts/client.js';
import { SessionRepository } from '#libs/accounts/session.repository.js';
import { Sessions, type SignedIn } from '#libs/accounts/sessions.js';
import { UserRepository } from '#libs/accounts/user.repository.js';
import { usernameKey } from '#libs/accounts/username.js';
import { AuditTrail } from '#libs/audit/audit-trail.js';
import { isExternal, type Role, type User } from '#libs/entities/user.entity.js';
import { Clock } from '#libs/platform/clock.js';
import { decoyHash } from '#libs/platform/crypto/passwords.js';
import { Database } from '#libs/platform/database/database.js';
import { shownText } from '#libs/replication/plain-text.js';
import type { LinkRequest } from './attempt-cookie.js';
import { keyOf, type Person } from './person.js';
import type { Refusal } from './refusal.js';

/** As many as help an administrator to find the one that is meant. */
const GROUPS_SHOWN = 20;
const GROUP_LENGTH = 255;

/** For the audit trail. */
const reasons = {
  'no-role': 'none of the groups gives a role',
  'name-taken': 'another account has this name',
  disabled: 'account is disabled',
  'linked-already': 'the person has another account here',
  'last-administrator': 'last administrator with a password',
  expired: 'the sign-in that asked for it has ended',
} as const;

/** The accounts of people whom the provider knows. They have no password here, and the role that their groups give at each sign-in. */
@Injectable()
export class ExternalAccounts {
  constructor(
    private readonly db: Database,
    private readonly users: UserRepository,
    private readonly sessions: Sessions,
    private readonly sessionRows: SessionRepository,
    private readonly audit: AuditTrail,
    private readonly clock: Clock,
  ) {}

  /** Signs in whom the provider has vouched for, with the role that the groups give: null when none does. */
  admit(person: Person, role: Role | null, client: Client): Promise<SignedIn | Refusal> {
    return this.db.transaction(async () => {
      const known = await this.users.findByIdentityLocked(keyOf(person));
      if (role === null) return this.refuse('no-role', person, known);
      const user = known ?? (await this.create(person, role));
      if (!user) return this.refuse('name-taken', person, null);
      if (user.disabled) return this.refuse('disabled', person, user);
      await this.follow(user, role);
      return this.open({ ...user, role }, person, client);
    });
  }

  /**
   * Makes a local account the external one of a person. Whoever asks for it is signed in to both: with the password here, and at the
   * provider. Nothing changes when it is refused.
   */
  link(person: Person, role: Role | null, { userId, sessionId }: LinkRequest, client: Client): Promise<SignedIn | Refusal> {
    return this.db.transaction(async () => {
      const administrators = await this.users.findAdministratorsLocked();
      const user = await this.users.findLocked(userId);
      const asked = await this.sessionRows.findWithUser(sessionId);
      if (!user || isExternal(user) || asked?.user.id !== userId || asked.session.expiresMs <= this.clock.now()) {
        return this.refuse('expired', person, null);
      }
      if (user.disabled) return this.refuseLink('disabled', person, user);
      if (role === null) return this.refuseLink('no-role', person, user);
      if (await this.users.findByIdentityLocked(keyOf(person))) return this.refuseLink('linked-already', person, user);
      const isLast = administrators.length === 1 && administrators[0]?.id === userId;
      if (isLast) return this.refuseLink('last-administrator', person, user);
      const identity = { identityKey: keyOf(person), identityIssuer: person.issuer, identitySubject: person.subject };
      await this.users.makeExternal(userId, { ...identity, passwordHash: decoyHash() });
      await this.sessions.endOthers(userId, null);
      await this.record('user.linked', user.username, { issuer: person.issuer });
      await this.follow(user, role);
      return this.open({ ...user, ...identity, role }, person, client);
    });
  }

  /** Null when the name is taken: an account is never taken over by its name, which anybody may have at the provider. */
  private async create(person: Person, role: Role): Promise<User | null> {
    const { username, issuer, subject } = person;
    const created = await this.users.insertExternal({
      ...{ username, usernameKey: usernameKey(username), passwordHash: decoyHash(), role },
      ...{ mustChangePassword: false, disabled: false, service: false },
      ...{ identityKey: keyOf(person), identityIssuer: issuer, identitySubject: subject },
      ...{ createdMs: this.clock.now(), lastLoginMs: null },
    });
    if (created) await this.record('user.created', username, { role, external: true, issuer });
    return created;
  }

  /** The groups were others at the last sign-in. Counts at once for all sign-ins of the account. */
  private async follow({ id, username, role: before, disabled }: User, role: Role): Promise<void> {
    if (before === role) return;
    await this.users.setRole(id, role);
    const details = { before: { role: before, disabled }, after: { role, disabled }, by: 'groups' };
    await this.record('user.updated', username, details);
  }

  private async open(user: User, { issuer }: Person, client: Client): Promise<SignedIn> {
    const signedIn = await this.sessions.open(user, client);
    await this.users.setLastLogin(user.id, signedIn.session.createdMs);
    await this.record('user.signed_in', user.username, { with: 'oidc', issuer });
    return signedIn;
  }

  /** Whoever may not sign in any more is signed out everywhere. */
  private async refuse(refusal: keyof typeof reasons, { username, issuer, groups }: Person, known: User | null): Promise<Refusal> {
    if (known) await this.sessions.endOthers(known.id, null);
    const details = {
      reason: reasons[refusal],
      with: 'oidc',
      issuer,
      ...(refusal === 'no-role' ? { groups: groups.slice(0, GROUPS_SHOWN).map((group) => shownText(group).slice(0, GROUP_LENGTH)) } : {}),
    };
    await this.audit.record({ action: 'user.sign_in_refused', subject: known?.username ?? username, details });
    return refusal;
  }

  /** The account stays as it was, and signed in. */
  private async refuseLink(refusal: keyof typeof reasons, { issuer }: Person, { username: subject }: User): Promise<Refusal> {
    const details = { reason: reasons[refusal], with: 'oidc', issuer };
    await this.audit.record({ action: 'user.link_refused', subject, details, actor: { kind: 'user', name: subject } });
    return refusal;
  }

  private record(action: string, subject: string, details: Readonly<Record<string, unknown>>): Promise<void> {
    return this.audit.record({ action, subject, details, actor: { kind: 'user', name: subject } });
  }
}
