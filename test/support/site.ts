import { AdminCaller } from './admin-caller.js';
import { type AppInProcess, type AppOptions, startApp } from './app-in-process.js';

const PASSWORD = 'vermilion otter teapot';

export interface About {
  readonly iss: string;
  readonly key: string;
  readonly name: string;
  readonly url: string | null;
  readonly stage: string;
  readonly firewalled_mode: boolean;
}

export interface Invitation {
  readonly url: string;
  readonly iss_id: string;
  readonly key: string;
}

/** A server in the process of the test, with its administrator signed in. */
export class Site {
  private constructor(
    readonly server: AppInProcess,
    readonly admin: AdminCaller,
  ) {}

  /** Knows its name, and its address unless `settings` has another. */
  static async start(name: string, { settings = {}, ...options }: AppOptions & { settings?: Record<string, unknown> } = {}): Promise<Site> {
    const server = await startApp({ ...options, env: { ADMIN_PASSWORD: PASSWORD, ...options.env } });
    const admin = new AdminCaller(server.url);
    await admin.signIn({ username: 'admin', password: PASSWORD });
    const site = new Site(server, admin);
    await site.set({ name, url: server.url, ...settings });
    return site;
  }

  get url(): string {
    return this.server.url;
  }

  stop(): Promise<void> {
    return this.server.stop();
  }

  async about(): Promise<About> {
    return (await (await this.admin.send('GET', 'about')).json()) as About;
  }

  async set(settings: Record<string, unknown>): Promise<void> {
    const response = await this.admin.send('POST', 'about/update', settings);
    if (response.status !== 201) throw new Error(`Settings were answered ${response.status} ${await response.text()}`);
  }

  /** What this server's administrator gives to another's. */
  async invitation(): Promise<Invitation> {
    const { iss, key } = await this.about();
    return { url: this.url, iss_id: iss, key };
  }

  /** Registers this server with the other. */
  register(input: object): Promise<Response> {
    return this.admin.send('POST', 'register', input);
  }

  async registerWith(other: Site): Promise<Record<string, unknown>> {
    const response = await this.register(await other.invitation());
    const body = (await response.json()) as Record<string, unknown>;
    expect([response.status, body]).toEqual([201, expect.anything()]);
    return body;
  }

  /** The servers this one is registered with. */
  async peers(): Promise<Record<string, unknown>[]> {
    const response = await this.admin.send('GET', 'registered_ods');
    if (!response.ok) throw new Error(`The list of peers was answered ${response.status} ${await response.text()}`);
    return ((await response.json()) as { items: Record<string, unknown>[] }).items;
  }
}
