import { Injectable } from '@nestjs/common';
import { AuditTrail } from '#libs/audit/audit-trail.js';
import type { OidcSettings } from '#libs/entities/oidc-settings.entity.js';
import { SecretBox } from '#libs/platform/crypto/secret-box.js';
import { Database } from '#libs/platform/database/database.js';
import { InvalidRequest } from '#libs/platform/errors/common.errors.js';
import { OidcFetch } from '../provider/oidc-fetch.js';
import { type OidcConnection, OpenidProvider } from '../provider/openid-provider.js';
import { checkProvider, type ProviderChecked } from '../provider/provider-check.js';
import { type GroupRole, groupRolesOf } from '../sign-in/role-of-groups.js';
import { callbackUrlOf, consoleUrlOf, issuerOf } from './issuer-url.js';
import { OidcSettingsRepository } from './oidc-settings.repository.js';

export const OIDC_SECRET_PURPOSE = 'openid client secret';
/** Without it a provider sends no ID token. */
const NEEDED_SCOPE = 'openid';

export interface OidcInput {
  readonly enabled: boolean;
  readonly issuer: string;
  readonly clientId: string;
  /** Undefined: the one that is saved. */
  readonly clientSecret: string | undefined;
  readonly scopes: string;
  readonly groupsClaim: string;
  readonly groupRoles: readonly GroupRole[];
  readonly label: string;
  readonly consoleUrl: string;
}

const refuse = (pointer: string, detail: string): never => {
  throw new InvalidRequest([{ pointer, detail }]);
};

/** For the audit trail; without the secret. */
const shown = ({ enabled, issuer, clientId, scopes, groupsClaim, groupRoles, label, consoleUrl }: Omit<OidcSettings, 'id'>) => ({
  ...{ enabled, issuer, client_id: clientId, scopes, groups_claim: groupsClaim, label, console_url: consoleUrl },
  group_roles: groupRolesOf(groupRoles),
});

/** What the sign-in with an OpenID provider needs, and whether it would work. */
@Injectable()
export class OidcSettingsService {
  constructor(
    private readonly db: Database,
    private readonly settings: OidcSettingsRepository,
    private readonly provider: OpenidProvider,
    private readonly http: OidcFetch,
    private readonly box: SecretBox,
    private readonly audit: AuditTrail,
  ) {}

  find(): Promise<OidcSettings | null> {
    return this.settings.find();
  }

  /** Throws InvalidRequest. */
  set(input: OidcInput): Promise<OidcSettings> {
    return this.db.transaction(async () => {
      const before = await this.settings.hold();
      const { clientSecret, ...plain } = this.checked(input, before);
      const after = {
        ...plain,
        groupRoles: JSON.stringify(input.groupRoles),
        clientSecret: this.box.seal(clientSecret, OIDC_SECRET_PURPOSE),
      };
      await this.settings.save(after);
      const details = { before: before && shown(before), after: shown(after), secret_changed: input.clientSecret !== undefined };
      await this.audit.record({ action: 'oidc.settings_updated', subject: after.issuer, details });
      return { ...after, id: 1 };
    });
  }

  /** Asks the provider, with the saved secret when none is given. Never throws for what it says. Throws InvalidRequest. */
  async test(input: OidcInput): Promise<ProviderChecked> {
    const { consoleUrl, ...given } = this.checked(input, await this.settings.find());
    const checked = await checkProvider(this.provider, this.http, { ...given, callbackUrl: callbackUrlOf(consoleUrl) });
    await this.audit.record({ action: 'oidc.tested', subject: given.issuer, details: { ok: checked.ok, detail: checked.detail } });
    return checked;
  }

  connectionOf({ issuer, clientId, clientSecret, scopes, consoleUrl }: OidcSettings): OidcConnection {
    const secret = this.box.open(clientSecret, OIDC_SECRET_PURPOSE);
    return { issuer, clientId, clientSecret: secret, scopes, callbackUrl: callbackUrlOf(consoleUrl) };
  }

  private checked(input: OidcInput, saved: OidcSettings | null) {
    const needsHttps = 'must be an https:// address without a query (http:// is good for this machine only).';
    const issuer = issuerOf(input.issuer) ?? refuse('/issuer', `issuer ${needsHttps}`);
    const consoleUrl = consoleUrlOf(input.consoleUrl) ?? refuse('/console_url', `console_url ${needsHttps}`);
    const scopes = [...new Set(input.scopes.split(/\s+/).filter((scope) => scope !== ''))];
    if (!scopes.includes(NEEDED_SCOPE)) refuse('/scopes', 'scopes must have openid among them.');
    const groups = input.groupRoles.map(({ group }) => group);
    if (new Set(groups).size < groups.length) refuse('/group_roles', 'Each group may stand in group_roles once.');
    if (input.enabled && groups.length === 0) refuse('/group_roles', 'Give at least one group a role: without one, everybody is refused.');
    const clientSecret = this.secretOf({ ...input, issuer }, saved);
    const { enabled, clientId, groupsClaim, label } = input;
    return { enabled, issuer, clientId, groupsClaim, label, clientSecret, consoleUrl, scopes: scopes.join(' ') };
  }

  /** Whoever changes where the secret goes must know it: it could be led to a server of theirs. */
  private secretOf({ issuer, clientId, clientSecret }: OidcInput, saved: OidcSettings | null): string {
    if (clientSecret !== undefined) return clientSecret;
    if (!saved) return refuse('/client_secret', 'client_secret is missing.');
    if (saved.issuer !== issuer || saved.clientId !== clientId) {
      return refuse('/client_secret', 'Give client_secret again: issuer or client_id have changed.');
    }
    return this.box.open(saved.clientSecret, OIDC_SECRET_PURPOSE);
  }
}
