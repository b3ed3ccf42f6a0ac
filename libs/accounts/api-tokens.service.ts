import { Injectable, Logger } from '@nestjs/common';
import { AuditTrail } from '#libs/audit/audit-trail.js';
import type { ApiToken } from '#libs/entities/api-token.entity.js';
import type { Role } from '#libs/entities/user.entity.js';
import { Clock } from '#libs/platform/clock.js';
import { newSecret, secretsEqual, sha256Hex } from '#libs/platform/crypto/digest.js';
import { Database } from '#libs/platform/database/database.js';
import { InvalidRequest } from '#libs/platform/errors/common.errors.js';
import { stages, type Stage } from '#libs/replication/stage.js';
import { SignInRequired } from './accounts.errors.js';
import { ApiTokenRepository } from './api-token.repository.js';
import { TokenNameTaken, TokenNotFound } from './api-tokens.errors.js';
import type { Principal } from './principal.js';
import { usernameKey } from './username.js';

export interface NewToken {
  readonly name: string;
  readonly role: Role;
  readonly expiresMs: number | null;
  /** Null: all stages. */
  readonly stages: readonly Stage[] | null;
}

export interface IssuedToken {
  readonly token: ApiToken;
  /** Kept nowhere: whoever made the token is told, once. */
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

/** What programs call the admin API with: made by an administrator, shown once, good until it expires or is revoked. */
@Injectable()
export class ApiTokensService {
  private readonly logger = new Logger(ApiTokensService.name);

  constructor(
    private readonly db: Database,
    private readonly tokens: ApiTokenRepository,
    private readonly audit: AuditTrail,
    private readonly clock: Clock,
  ) {}

  list(): Promise<ApiToken[]> {
    return this.tokens.findAll();
  }

  /** Throws TokenNameTaken. */
  async create(wish: NewToken, { username: createdBy }: Principal): Promise<IssuedToken> {
    if (wish.stages !== null && wish.role !== 'publisher') {
      throw new InvalidRequest([{ pointer: '/stages', detail: 'Only a token with the role publisher can be limited to stages.' }]);
    }
    const secret = `${PREFIX}${newSecret()}`;
    const kept = wish.stages?.join(',') ?? null;
    return this.db.transaction(async () => {
      const token = await this.tokens.insert({
        ...{ name: wish.name, nameKey: usernameKey(wish.name), role: wish.role, stages: kept, expiresMs: wish.expiresMs, createdBy },
        secretHash: sha256Hex(secret),
        hint: secret.slice(0, HINT_LENGTH),
        createdMs: this.clock.now(),
        lastUsedMs: null,
      });
      if (!token) throw new TokenNameTaken(wish.name);
      const details = { role: wish.role, stages: wish.stages, expires_ms: wish.expiresMs };
      await this.audit.record({ action: 'token.created', subject: wish.name, details });
      return { token, secret };
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
    await this.noteUse(token);
    const { id, name: username, role } = token;
    return { kind: 'token', id, username, role, sessionId: null, mustChangePassword: false, stages: stagesOf(token) };
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
