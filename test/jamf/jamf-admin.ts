import { AdminCaller } from '../support/admin-caller.js';
import { type AppInProcess, startApp } from '../support/app-in-process.js';
import { eventually } from '../support/eventually.js';
import { FakeJamf } from '../support/fake-jamf/fake-jamf.js';

const PASSWORD = 'vermilion otter teapot';

export interface Line {
  readonly id: number;
  readonly filename: string;
  readonly jamf_id: string | null;
  readonly state: string;
  readonly reason: string;
  readonly pinned: string[];
  readonly adopted: boolean;
}

export interface Overview {
  readonly compared_ts: number | null;
  readonly failing_since_ts: number | null;
  readonly counts: { readonly state: string; readonly count: number }[];
}

/** A server beside a Jamf Pro server, and its administrator. */
export class JamfAdmin {
  private constructor(
    readonly jamf: FakeJamf,
    readonly app: AppInProcess,
    readonly caller: AdminCaller,
  ) {}

  static async start(more: Readonly<Record<string, string>> = {}): Promise<JamfAdmin> {
    const jamf = await FakeJamf.start();
    const app = await startApp({ env: { ADMIN_PASSWORD: PASSWORD, OUTBOUND_ALLOW_LOCAL: 'true', ...more }, withJobs: true });
    const caller = new AdminCaller(app.url);
    await caller.signIn({ username: 'admin', password: PASSWORD });
    return new JamfAdmin(jamf, app, caller);
  }

  async stop(): Promise<void> {
    await this.app.stop();
    await this.jamf.stop();
  }

  async call<T>(method: string, path: string, body?: object): Promise<{ status: number; body: T }> {
    const response = await this.caller.send(method, `jamf/${path}`, body);
    const text = await response.text();
    return { status: response.status, body: (text === '' ? null : JSON.parse(text)) as T };
  }

  async upload(filename: string, content: string): Promise<void> {
    const form = new FormData();
    form.append('file', new Blob([content]), filename);
    const headers = { authorization: `Bearer ${this.caller.token}` };
    const { status } = await fetch(`${this.app.url}/api/admin/upload?replace=true`, { method: 'POST', headers, body: form });
    expect(status).toBe(201);
  }

  connect() {
    return this.call('PUT', 'connection', { url: this.jamf.url, auth: 'client', client_id: 'ods-client', secret: 's3cret' });
  }

  /** Lets records be written. */
  keep(more: object = {}) {
    const settings = { mode: 'write', hash_type: 'SHA_512', gate: 'here', create_missing: true, ...more };
    return this.call('PUT', 'settings?confirm=true', settings);
  }

  async lines(): Promise<Line[]> {
    return (await this.call<{ items: Line[] }>('GET', 'records?limit=500')).body.items;
  }

  async overview(): Promise<Overview> {
    return (await this.call<Overview>('GET', 'settings')).body;
  }

  async idOf(filename: string): Promise<number> {
    return (await this.lines()).find((line) => line.filename === filename)!.id;
  }

  /** A comparison that began after this was called has read the records. */
  async compared(): Promise<void> {
    const lists = () => this.jamf.book.filter(({ path }) => path.startsWith('/api/v1/packages?')).length;
    const before = lists();
    await eventually(async () => {
      expect((await this.call('POST', 'compare')).status).toBe(202);
      expect(lists()).toBeGreaterThan(before);
    });
  }

  settlesAt(wanted: Readonly<Record<string, string>>): Promise<void> {
    const states = async () => Object.fromEntries((await this.lines()).map(({ filename, state }) => [filename, state]));
    return eventually(async () => expect(await states()).toEqual(wanted), { timeoutMs: 30_000 });
  }
}
