import { Clock } from '#libs/platform/clock.js';
import { BeginLimits } from '#libs/oidc/sign-in/begin-limits.js';
import { AdminCaller } from '../support/admin-caller.js';
import { type AppInProcess, startApp } from '../support/app-in-process.js';
import { CLIENT, type Knobs } from '../support/openid-provider/knobs.js';
import { TestProvider } from '../support/openid-provider/test-provider.js';
import { OidcBrowser } from './oidc-browser.js';

const PASSWORD = 'vermilion otter teapot';

export const people = {
  anna: { preferred_username: 'anna', email: 'anna@example.com', groups: ['staff', 'ods-publishers'] },
  bert: { preferred_username: 'bert', email: 'bert@example.com', groups: ['ods-admins'] },
  carl: { preferred_username: 'carl', groups: ['staff'] },
  mallory: { preferred_username: 'ADMIN', groups: ['ods-publishers'] },
} as const;

/** A server, its administrator, and a provider that it is set up with. */
export class OidcPlace {
  shiftMs = 0;
  isLimited = false;

  private constructor(
    readonly provider: TestProvider,
    readonly app: AppInProcess,
    readonly admin: AdminCaller,
  ) {
    app.app.get(Clock).now = () => Date.now() + this.shiftMs;
    const limits = app.app.get(BeginLimits);
    const waitMs = limits.waitMs.bind(limits);
    limits.waitMs = (...which) => (this.isLimited ? waitMs(...which) : 0); // the suite begins more sign-ins than people do
  }

  static async start(env: Readonly<Record<string, string>> = {}): Promise<OidcPlace> {
    const provider = await TestProvider.start();
    const app = await startApp({ env: { ADMIN_PASSWORD: PASSWORD, OUTBOUND_ALLOW_LOCAL: 'true', ...env } });
    const admin = new AdminCaller(app.url);
    await admin.signIn({ username: 'admin', password: PASSWORD });
    return new OidcPlace(provider, app, admin);
  }

  /** Where the console is opened. */
  get url(): string {
    return this.app.url + (this.app.config.get('BASE_PATH') ?? '');
  }

  async stop(): Promise<void> {
    await this.app.stop();
    await this.provider.stop();
  }

  async reset(): Promise<void> {
    this.shiftMs = 0;
    this.isLimited = false;
    await this.provider.reset({ redirectUris: [`${this.url}/api/admin/auth/oidc/callback`] });
    await this.provider.set({ people });
    expect((await this.call('PUT', this.settings())).status).toBe(200);
  }

  set(knobs: Partial<Knobs>): Promise<void> {
    return this.provider.set(knobs);
  }

  settings(more: object = {}) {
    return {
      ...{ enabled: true, issuer: this.provider.issuer, client_id: CLIENT.id, client_secret: CLIENT.secret as string | undefined },
      ...{ scopes: 'openid profile email groups', groups_claim: 'groups', label: 'Example Ltd', console_url: this.url },
      group_roles: [
        { group: 'ods-admins', role: 'admin' },
        { group: 'ods-publishers', role: 'publisher' },
      ],
      ...more,
    };
  }

  async call<T = Record<string, unknown>>(method: string, body?: object, path = ''): Promise<{ status: number; body: T }> {
    const response = await this.admin.send(method, `oidc${path}`, body);
    return { status: response.status, body: (await response.json()) as T };
  }

  browser(): OidcBrowser {
    return new OidcBrowser(this.url);
  }
}
