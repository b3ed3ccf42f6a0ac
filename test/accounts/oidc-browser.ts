import { AdminCaller } from '../support/admin-caller.js';

export const COOKIE = /^ods_oidc_/;

/** What a browser does in a sign-in at a provider, step by step: it keeps the cookies of each site, and follows no redirect unasked. */
export class OidcBrowser {
  /** By origin and name. */
  private readonly jars = new Map<string, Map<string, string>>();

  constructor(readonly ods: string) {}

  async fetch(address: string, { method = 'GET', body, headers = {} }: { method?: string; body?: string; headers?: object } = {}) {
    const { origin } = new URL(address);
    const jar = this.jarOf(origin);
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
    const response = await fetch(address, {
      ...{ method, redirect: 'manual', body: body ?? null },
      headers: { ...(cookie === '' ? {} : { cookie }), ...headers },
    });
    for (const line of response.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(line)!;
      if (value === '') jar.delete(name!);
      else jar.set(name!, value!);
    }
    return response;
  }

  async begin(body: object = {}, headers: object = {}): Promise<Response> {
    const given = { 'content-type': 'application/json', origin: new URL(this.ods).origin, ...headers };
    return this.fetch(`${this.ods}/api/admin/auth/oidc/begin`, { method: 'POST', body: JSON.stringify(body), headers: given });
  }

  /** The address of the sign-in page at the provider. */
  async begun(body: object = {}): Promise<string> {
    const response = await this.begin(body);
    expect(response.status).toBe(200);
    return ((await response.json()) as { url: string }).url;
  }

  /** Signs in at the provider. Answers the address that the provider sends the browser back to. */
  async atProvider(url: string, account: string | null): Promise<string> {
    const { origin } = new URL(url);
    let next = url;
    for (let steps = 0; steps < 8; steps += 1) {
      const response = await this.fetch(next);
      const location = response.headers.get('location');
      if (location !== null) next = new URL(location, next).href;
      else {
        const action = /action="([^"]+)"/.exec(await response.text())?.[1];
        if (action === undefined) throw new Error(`The provider answered ${response.status} for ${next}`);
        const body = (account === null ? new URLSearchParams({ cancel: 'yes' }) : new URLSearchParams({ account })).toString();
        const headers = { 'content-type': 'application/x-www-form-urlencoded' };
        const done = await this.fetch(new URL(action, origin).href, { method: 'POST', body, headers });
        next = new URL(done.headers.get('location')!, next).href;
      }
      if (new URL(next).origin !== origin) return next;
    }
    throw new Error(`The provider sends in circles: ${next}`);
  }

  /** Answers where the browser lands: a path of this server. */
  async land(callback: string): Promise<string> {
    const response = await this.fetch(callback);
    expect(response.status).toBe(303);
    return response.headers.get('location')!;
  }

  /** The whole way. */
  async signIn(account: string | null, body: object = {}): Promise<string> {
    return this.land(await this.atProvider(await this.begun(body), account));
  }

  /** What the console does on the page where it lands. */
  async caller(): Promise<AdminCaller> {
    const caller = new AdminCaller(this.ods);
    const [name, value] = [...this.jarOf(new URL(this.ods).origin)].find(([each]) => each.startsWith('ods_refresh')) ?? [];
    caller.cookie = `${name}=${value}`;
    await caller.refresh();
    return caller;
  }

  /** The cookie of the sign-in under way, to be kept or changed. */
  get attempt(): [name: string, value: string] | undefined {
    return [...this.jarOf(new URL(this.ods).origin)].find(([name]) => COOKIE.test(name));
  }

  put([name, value]: readonly [string, string]): void {
    this.jarOf(new URL(this.ods).origin).set(name, value);
  }

  private jarOf(origin: string): Map<string, string> {
    const jar = this.jars.get(origin) ?? new Map<string, string>();
    this.jars.set(origin, jar);
    return jar;
  }
}
