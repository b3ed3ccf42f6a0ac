import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { Child } from '../../test/support/child.mjs';
import { inRoot } from '../run/root.mjs';

const START_TIMEOUT_MS = 60_000;
const kept = ['PATH', 'HOME', 'LANG', 'TZ', 'TMPDIR'];

/** One server of the demonstration: a process of its own, spoken to through the admin API as the console does. */
export class DemoServer {
  /** @type {Child | null} */ #process = null;
  #token = '';

  /** @param {{ name: string, port: number, folder: string, password: string, settings?: Record<string, string> }} plan */
  constructor({ name, port, folder, password, settings = {} }) {
    this.name = name;
    this.url = `http://127.0.0.1:${port}`;
    this.port = port;
    this.dataDir = path.join(folder, name);
    this.password = password;
    this.settings = settings;
  }

  async start() {
    mkdirSync(this.dataDir, { recursive: true });
    const own = Object.fromEntries(kept.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])));
    const settings = {
      HOST: '127.0.0.1',
      PORT: String(this.port),
      DATA_DIR: this.dataDir,
      ADMIN_PASSWORD: this.password,
      ...this.settings,
    };
    this.#process = new Child(process.execPath, ['--enable-source-maps', inRoot('dist/bundle/api.js')], {
      env: { ...own, ...settings },
    });
    await this.#process.waitUntil(async () => {
      const { ok } = await fetch(`${this.url}/readyz`, { signal: AbortSignal.timeout(2_000) });
      if (!ok) throw new Error('not ready');
    }, START_TIMEOUT_MS);
    const { access_token: token } = await this.call('POST', 'auth/login', {
      username: 'admin',
      password: this.password,
    });
    this.#token = token;
    await this.call('POST', 'about/update', { name: this.name, url: this.url });
  }

  async stop() {
    await this.#process?.stop();
  }

  /** Resolves when the process has ended, for whatever reason. */
  async ended() {
    await this.#process?.exited;
  }

  /** Registers this server with another one. @param {DemoServer} other */
  async registerWith(other) {
    const { url, iss, key } = await other.call('GET', 'about');
    await this.call('POST', 'register', { url, iss_id: iss, key });
  }

  /**
   * How far a package has come here.
   * @param {string} filename
   * @returns {Promise<{ state: 'absent' | 'waiting' | 'arriving' | 'here', verified: number, source: string | null }>}
   */
  async progressOf(filename) {
    const [{ items: packages }, { items: transfers }] = await Promise.all([
      this.call('GET', `packages?filename=${encodeURIComponent(filename)}`),
      this.call('GET', 'transfers'),
    ]);
    const found = packages.find((/** @type {any} */ each) => each.filename === filename);
    if (found === undefined) return { state: 'absent', verified: 0, source: null };
    if (found.status === 'Public') return { state: 'here', verified: Infinity, source: null };
    const transfer = transfers.find((/** @type {any} */ each) => each.filename === filename);
    if (transfer === undefined || transfer.state !== 'active') return { state: 'waiting', verified: 0, source: null };
    return { state: 'arriving', verified: transfer.verified_bytes, source: transfer.source };
  }

  /** @param {string} method @param {string} path @param {unknown} [body] @returns {Promise<any>} */
  async call(method, path, body) {
    const response = await fetch(`${this.url}/api/admin/${path}`, {
      method,
      headers: {
        authorization: `Bearer ${this.#token}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      body: body === undefined ? undefined : JSON.stringify(body),
      signal: AbortSignal.timeout(30_000),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${this.name} answered ${method} ${path} with ${response.status}: ${text}`);
    return text === '' ? null : JSON.parse(text);
  }

  get token() {
    return this.#token;
  }

  get pid() {
    return this.#process?.process.pid;
  }
}
