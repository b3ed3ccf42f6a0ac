import { Injectable, Logger } from '@nestjs/common';
import { AuditTrail } from '#libs/audit/audit-trail.js';
import type { ApiToken } from '#libs/entities/api-token.entity.js';
import { type Role, roles, type User } from '#libs/entities/user.entity.js';
import { Clock } from '#libs/platform/clock.js';
import { newSecret, secretsEqual, sha256Hex } from '#libs/platform/crypto/digest.js';
import { Database } from '#libs/platform/database/database.js';
import { InvalidRequest } from '#libs/platform/errors/common.errors.js';
import { stages, type Stage } from '#libs/replication/stage.js';
import { SignInRequired } from './accounts.errors.js';
import { ApiTokenRepository } from './api-token.repository.js';
import { AccountUnknown, TokenNameTaken, TokenNotFound } from './api-tokens.errors.js';
import type { Principal } from '#libs/platform/admin-api/principal.js';
import { UserRepository } from './user.repository.js';
import { usernameKey } from './username.js';

export interface NewToken {
  readonly name: string;
  readonly role: Role;
  readonly expiresMs: number | null;
  /** Null: all stages. */
  readonly stages: readonly Stage[] | null;
  /** The name of the service account that it is for; the caller's own account, when not given. */
  readonly account?: string | undefined;
}

export interface TokenOfAccount {
  readonly token: ApiToken;
  /** Null when the account is gone: then the token is good for nothing. */
  readonly account: User | null;
}

export interface IssuedToken extends TokenOfAccount {
  /** Kept nowhere: it is shown once, to whoever made the token. */
  readonly secret: string;
}

const PREFIX = 'ods_';
const HINT_LENGTH = 8;
/** A token that is used all the time is written down as used this often, in milliseconds. */
const NOTE_EVERY_MS = 60_000;

/** True for what a token of this class looks like; sign-ins have another form. */
export const looksLikeApiToken = (bearer: string): boolean => bearer.startsWith(PREFIX);

export const stagesOf = ({ stages: kept }: ApiToken): Stage[] | null =>
  kept === null ? null : stages.filter((stage) => kept.split(',').includes(stage));

/** A token never does more than its account. */
const leastOf = (one: Role, other: Role): Role => (roles.indexOf(one) < roles.indexOf(other) ? one : other);

/**
 * What programs call the admin API with: made by an administrator, shown once, good until it expires or is revoked, or its account is
 * disabled or deleted.
 */
@Injectable()
export class ApiTokensService {
  private readonly logger = new Logger(ApiTokensService.name);

  constructor(
    private readonly db: Database,
    private readonly tokens: ApiTokenRepository,
    private readonly users: UserRepository,
    private readonly audit: AuditTrail,
    private readonly clock: Clock,
  ) {}

  async list(): Promise<TokenOfAccount[]> {
    const accounts = new Map((await this.users.findAll()).map((user) => [user.id, user]));
    return (await this.tokens.findAll()).map((token) => ({ token, account: accounts.get(token.accountId ?? -1) ?? null }));
  }

  /** Throws TokenNameTaken and AccountUnknown. */
  async create(input: NewToken, { username: createdBy, accountId: ownAccount }: Principal): Promise<IssuedToken> {
    if (input.stages !== null && input.role !== 'publisher') {
      throw new InvalidRequest([{ pointer: '/stages', detail: 'Only a token with the role publisher can be limited to stages.' }]);
    }
    const secret = `${PREFIX}${newSecret()}`;
    const kept = input.stages?.join(',') ?? null;
    return this.db.transaction(async () => {
      const account = await this.accountFor(input.account, ownAccount);
      const token = await this.tokens.insert({
        ...{ name: input.name, nameKey: usernameKey(input.name), role: input.role, stages: kept, expiresMs: input.expiresMs, createdBy },
        accountId: account.id,
        secretHash: sha256Hex(secret),
        hint: secret.slice(0, HINT_LENGTH),
        createdMs: this.clock.now(),
        lastUsedMs: null,
      });
      if (!token) throw new TokenNameTaken(input.name);
      const details = { role: input.role, account: account.username, stages: input.stages, expires_ms: input.expiresMs };
      await this.audit.record({ action: 'token.created', subject: input.name, details });
      return { token, account, secret };
    });
  }

  /** Counts at once, for calls that are under way too late. Throws TokenNotFound. */
  async revoke(id: number): Promise<void> {
    await this.db.transaction(async () => {
      const token = await this.tokens.findById(id);
      if (!token || !(await this.tokens.delete(id))) throw new TokenNotFound();
      await this.audit.record({ action: 'token.revoked', subject: token.name, details: { role: token.role } });
    });
  }

  /** The caller behind a secret. Throws SignInRequired. */
  async principalOf(secret: string): Promise<Principal> {
    const hash = sha256Hex(secret);
    const token = await this.tokens.findByHash(hash);
    if (!token || !secretsEqual(token.secretHash, hash)) throw new SignInRequired('This API token is not valid; it may have been revoked.');
    if (token.expiresMs !== null && token.expiresMs <= this.clock.now()) throw new SignInRequired('This API token has expired.');
    const account = token.accountId === null ? null : await this.users.findById(token.accountId);
    if (!account) throw new SignInRequired('The account that this API token belongs to does not exist any more.');
    if (account.disabled) throw new SignInRequired('The account that this API token belongs to is disabled.');
    await this.noteUse(token);
    const { id, name: username } = token;
    const role = leastOf(token.role, account.role);
    return {
      kind: 'token',
      id,
      accountId: account.id,
      username,
      role,
      sessionId: null,
      mustChangePassword: false,
      external: false,
      stages: stagesOf(token),
    };
  }

  private async accountFor(name: string | undefined, ownAccount: number): Promise<User> {
    const own = await this.users.findLocked(ownAccount);
    if (name === undefined && own) return own;
    const named = name === undefined ? null : await this.users.findByKey(usernameKey(name));
    if (named && (named.service || named.id === ownAccount)) return named;
    throw new AccountUnknown(name ?? '');
  }

  /** Not worth failing a call for. */
  private async noteUse({ id, lastUsedMs }: ApiToken): Promise<void> {
    const now = this.clock.now();
    if (lastUsedMs !== null && now - lastUsedMs < NOTE_EVERY_MS) return;
    try {
      await this.db.transaction(() => this.tokens.setLastUsed(id, now), { canBeLost: true });
    } catch (error) {
      this.logger.warn(`The use of an API token could not be written down: ${String(error)}`);
    }
  }
}
