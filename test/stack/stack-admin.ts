import { eventually } from '../support/eventually.js';
import { PASSWORD } from './stack.js';

interface Listed {
  readonly filename: string;
  readonly status: string;
}

export interface Transferred {
  readonly filename: string;
  readonly state: string;
  readonly attempts: number;
  readonly verified_bytes: number;
  readonly error_code: string | null;
  readonly last_error: string | null;
}

/** An administrator who comes through nginx, or directly to one web application. */
export class StackAdmin {
  private token = '';

  constructor(readonly url: string) {}

  async signIn(): Promise<string> {
    const body = JSON.stringify({ username: 'admin', password: PASSWORD });
    const response = await fetch(`${this.url}/api/admin/auth/login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    });
    if (!response.ok) throw new Error(`Sign-in was answered ${response.status} ${await response.text()}`);
    return (this.token = ((await response.json()) as { access_token: string }).access_token);
  }

  /** The same session at another door. */
  at(url: string): StackAdmin {
    return Object.assign(new StackAdmin(url), { token: this.token });
  }

  send(method: string, target: string, body?: unknown): Promise<Response> {
    const isForm = body instanceof FormData;
    return fetch(`${this.url}${target}`, {
      method,
      headers: { authorization: `Bearer ${this.token}`, ...(body === undefined || isForm ? {} : { 'content-type': 'application/json' }) },
      body: body === undefined ? null : isForm ? body : JSON.stringify(body),
      signal: AbortSignal.timeout(60_000),
    });
  }

  async ok<T>(method: string, target: string, body?: unknown): Promise<T> {
    const response = await this.send(method, target, body);
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${target} was answered ${response.status} ${text}`);
    return (text === '' ? {} : JSON.parse(text)) as T;
  }

  upload(filename: string, content: Uint8Array<ArrayBuffer>): Promise<Response> {
    const form = new FormData();
    form.set('file', new Blob([content]), filename);
    return this.send('POST', '/api/admin/upload', form);
  }

  async names(): Promise<string[]> {
    const { items } = await this.ok<{ items: Listed[] }>('GET', '/api/admin/packages?limit=500');
    return items.filter(({ status }) => status === 'Public').map(({ filename }) => filename);
  }

  async transfers(): Promise<Transferred[]> {
    return (await this.ok<{ items: Transferred[] }>('GET', '/api/admin/transfers')).items;
  }

  async download(filename: string, headers: Record<string, string> = {}): Promise<Response> {
    return fetch(`${this.url}/share/${encodeURIComponent(filename)}`, { headers, signal: AbortSignal.timeout(60_000) });
  }

  /** The bytes, once they are here. */
  arrived(filename: string, timeoutMs = 120_000): Promise<Buffer> {
    return eventually(
      async () => {
        const response = await this.download(filename);
        const bytes = Buffer.from(await response.arrayBuffer());
        if (!response.ok) throw new Error(`${filename} was answered ${response.status}`);
        return bytes;
      },
      { timeoutMs, everyMs: 100 },
    );
  }
}
