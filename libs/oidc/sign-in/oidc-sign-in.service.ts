import { Injectable, Logger } from '@nestjs/common';
import type { Client } from '#libs/accounts/client.js';
import type { SignedIn } from '#libs/accounts/sessions.js';
import { ExternalAccount, PeopleOnly } from '#libs/accounts/users.errors.js';
import { AuditTrail } from '#libs/audit/audit-trail.js';
import type { OidcSettings } from '#libs/entities/oidc-settings.entity.js';
import { SeenTokenRepository } from '#libs/peers/auth/seen-token.repository.js';
import type { Principal } from '#libs/platform/admin-api/principal.js';
import { Clock } from '#libs/platform/clock.js';
import { secretsEqual } from '#libs/platform/crypto/digest.js';
import { OidcElsewhere, OidcOff, OidcProviderFailed, SignInTooOften } from '../oidc.errors.js';
import { OidcFault } from '../provider/oidc-fault.js';
import { type Claims, newChallenge, OpenidProvider } from '../provider/openid-provider.js';
import { OidcSettingsService } from '../settings/oidc-settings.service.js';
import { type Attempt, ATTEMPT_MS, type LinkRequest } from './attempt-cookie.js';
import { BeginLimits } from './begin-limits.js';
import { ExternalAccounts } from './external-accounts.js';
import { ownPath } from './own-path.js';
import { nameClaims, personOf } from './person.js';
import { type Refusal, refusalOf } from './refusal.js';
import { groupRolesOf, roleOf } from './role-of-groups.js';

/** Whoever asks to begin. */
export interface Asker {
  /** Of the page that asks; browsers name it, programs do not. */
  readonly origin: string | undefined;
  readonly address: string;
}

/** What the browser asks for. */
export interface Begin extends Asker {
  readonly then: string | undefined;
  /** Set when a local account is to become an external one. */
  readonly link: LinkRequest | null;
}

/** Where the browser signs in, and what it keeps meanwhile. */
export interface Begun {
  readonly url: string;
  readonly attempt: Attempt;
}

/** What the browser brought back: the query of the callback, and the attempt that it keeps. */
export interface Answer {
  readonly search: string;
  readonly attempt: Attempt | null;
  readonly client: Client;
}

/** Where the browser goes next. */
export interface Landing {
  /** A path of the console. */
  readonly path: string;
  readonly signedIn: SignedIn | null;
  /** The attempt is good for nothing any more. */
  readonly isOver: boolean;
}

/** Signs people in with the accounts of an OpenID provider: authorization code flow with PKCE. */
@Injectable()
export class OidcSignInService {
  private readonly logger = new Logger(OidcSignInService.name);

  constructor(
    private readonly settings: OidcSettingsService,
    private readonly provider: OpenidProvider,
    private readonly accounts: ExternalAccounts,
    private readonly used: SeenTokenRepository,
    private readonly limits: BeginLimits,
    private readonly audit: AuditTrail,
    private readonly clock: Clock,
  ) {}

  /** The label of the button; null when there is none. */
  async label(): Promise<string | null> {
    const saved = await this.settings.find();
    return saved?.enabled ? saved.label : null;
  }

  /** Throws OidcOff, OidcElsewhere, OidcProviderFailed and SignInTooOften. */
  async begin({ then, link, origin, address }: Begin): Promise<Begun> {
    const saved = await this.enabled(address);
    if (origin !== undefined && origin !== new URL(saved.consoleUrl).origin) throw new OidcElsewhere(saved.consoleUrl);
    const challenge = newChallenge();
    const connection = this.settings.connectionOf(saved);
    const url = await this.orFailed(saved, this.provider.authorizationUrl(connection, challenge));
    const { issuer, clientId } = saved;
    return { url, attempt: { ...challenge, then: ownPath(then), issuer, clientId, link, expiresMs: this.clock.now() + ATTEMPT_MS } };
  }

  /** Like `begin`, for a person who signed in with a password and wants to sign in with the company from now on. Throws PeopleOnly, ExternalAccount. */
  async beginLink({ id, sessionId, external }: Principal, asker: Asker): Promise<Begun> {
    if (sessionId === null) throw new PeopleOnly();
    if (external) throw new ExternalAccount();
    return this.begin({ ...asker, then: undefined, link: { userId: id, sessionId } });
  }

  /** Where to end the session at the provider, too; null when it has no such page. Throws as `begin` does. */
  async endSession(address: string): Promise<string | null> {
    const saved = await this.enabled(address);
    return this.orFailed(saved, this.provider.endSessionUrl(this.settings.connectionOf(saved)));
  }

  /** Never throws for what the browser or the provider says: a person is waiting for a page. */
  async finish({ search, attempt, client }: Answer): Promise<Landing> {
    if (this.limits.waitMs('finish', client.address) > 0) return landing('too-often', attempt, false);
    if (!attempt) return landing('expired', null, true);
    const state = new URLSearchParams(search).get('state') ?? '';
    if (!secretsEqual(state, attempt.state)) {
      await this.refuse(attempt, 'state of another sign-in');
      return landing('expired', attempt, false); // whoever led the browser here must not end the sign-in that is under way
    }
    if (!(await this.used.use('oidc', attempt.state, attempt.expiresMs))) {
      await this.refuse(attempt, 'answer was used before');
      return landing('expired', attempt, true);
    }
    const outcome = await this.redeem(search, attempt, client);
    return typeof outcome === 'string' ? landing(outcome, attempt, true) : { path: attempt.then, signedIn: outcome, isOver: true };
  }

  private async redeem(search: string, attempt: Attempt, client: Client): Promise<SignedIn | Refusal> {
    const saved = await this.settings.find();
    if (!saved?.enabled) return this.refuse(attempt, 'sign-in with the company is switched off', 'off');
    if (saved.issuer !== attempt.issuer || saved.clientId !== attempt.clientId) {
      return this.refuse(attempt, 'settings have changed since it began', 'expired');
    }
    try {
      const claims = await this.claimsOf(saved, search, attempt);
      const person = personOf(claims, saved.groupsClaim);
      if (!person) return await this.refuse(attempt, 'the subject cannot be kept', 'not-verified');
      const role = roleOf(person.groups, groupRolesOf(saved.groupRoles));
      const { link } = attempt;
      return await (link ? this.accounts.link(person, role, link, client) : this.accounts.admit(person, role, client));
    } catch (error) {
      if (!(error instanceof OidcFault)) throw error;
      return this.refuse(attempt, error.message, refusalOf[error.kind]);
    }
  }

  private claimsOf(saved: OidcSettings, search: string, attempt: Attempt): Promise<Claims> {
    const connection = this.settings.connectionOf(saved);
    const answer = new URL(connection.callbackUrl);
    answer.search = search;
    return this.provider.redeem(connection, answer, attempt, [saved.groupsClaim, nameClaims[0]]);
  }

  private async enabled(address: string): Promise<OidcSettings> {
    const waitMs = this.limits.waitMs('begin', address);
    if (waitMs > 0) throw new SignInTooOften(waitMs);
    const saved = await this.settings.find();
    if (!saved?.enabled) throw new OidcOff();
    return saved;
  }

  private async orFailed<T>({ label, issuer }: OidcSettings, work: Promise<T>): Promise<T> {
    try {
      return await work;
    } catch (error) {
      if (!(error instanceof OidcFault)) throw error;
      this.logger.warn(`Sign-in at ${issuer}: ${error.message}`);
      throw new OidcProviderFailed(label, error.kind === 'away');
    }
  }

  private async refuse<R extends Refusal>({ issuer }: Attempt, reason: string, refusal: R = 'expired' as R): Promise<R> {
    this.logger.warn(`Sign-in at ${issuer} refused: ${reason}`);
    await this.audit.record({ action: 'user.sign_in_refused', details: { reason, with: 'oidc', issuer } });
    return refusal;
  }
}

/** The page that it began at says why; the sign-in page leads to the page that was asked for once a sign-in succeeds. */
function landing(refusal: Refusal, attempt: Attempt | null, isOver: boolean): Landing {
  const query = new URLSearchParams({ refused: refusal, ...(attempt && !attempt.link ? { then: attempt.then } : {}) });
  const page = attempt?.link ? '/set-password' : '/sign-in';
  return { path: `${page}?${query.toString()}`, signedIn: null, isOver };
}
