import { rmSync } from 'node:fs';
import type { Child } from './child.mjs';
import { eventually } from './eventually.js';
import { patient } from './patience.mjs';
import { freePort, scratchDir } from './services.js';
import { type Environment, startProcess } from './test-process.js';

const START_TIMEOUT_MS = 90_000;
const CALL_TIMEOUT_MS = patient(60_000);

export const ADMIN = { username: 'admin', password: 'tests-only-passphrase-7' } as const;

export interface Answer<T> {
  readonly status: number;
  readonly headers: Headers;
  readonly body: T;
}

/** A whole server as a user runs it: a real process on a loopback port with its own data directory. */
export class TestServer {
  readonly dataDir: string;
  private token: string | null = null;
  private process: Child | null = null;
  private readonly workers: Child[] = [];
  private earlierLogs = '';

  private constructor(
    readonly name: string,
    readonly port: number,
    private readonly settings: Environment,
  ) {
    this.dataDir = String(settings['DATA_DIR'] ?? scratchDir(name));
  }

  /** Started and ready. Settings are environment variables of the server; undefined takes one away. */
  static async start(name = 'server', settings: Environment = {}): Promise<TestServer> {
    const server = new TestServer(name, Number(settings['PORT'] ?? (await freePort())), settings);
    await server.start();
    return server;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  get pid(): number {
    const pid = this.process?.process.pid;
    if (pid === undefined) throw new Error(`${this.name} is not running.`);
    return pid;
  }

  get isRunning(): boolean {
    return this.process?.isRunning ?? false;
  }

  /** Everything the server and its workers wrote, over all restarts. */
  get logs(): string {
    return [this.earlierLogs, this.process?.output ?? '', ...this.workers.map(({ output }) => output)].join('');
  }

  /** Resolves when the log says it: a line may come a moment after what it reports. */
  async logged(what: string | RegExp): Promise<void> {
    await eventually(() => {
      if (!(typeof what === 'string' ? this.logs.includes(what) : what.test(this.logs)))
        throw new Error(`${this.name} has not logged ${String(what)}.`);
    });
  }

  async start(overrides: Environment = {}): Promise<void> {
    if (this.isRunning) throw new Error(`${this.name} is running already.`);
    this.earlierLogs += this.process?.output ?? '';
    const process = (this.process = startProcess('api', { ...this.environment, ...overrides }));
    await process.waitUntil(async () => {
      // Its own word first: another server may hold the port and answer in its place.
      if (!process.output.includes('Ready.')) throw new Error('no word of it yet');
      const ready = await fetch(`${this.url}/readyz`, { signal: AbortSignal.timeout(10_000) });
      if (!ready.ok) throw new Error(await ready.text());
    }, START_TIMEOUT_MS);
  }

  /** One more worker process of this server; needs REDIS_URL among the settings. */
  async startWorker(): Promise<Child> {
    const worker = startProcess('worker', this.environment);
    this.workers.push(worker);
    await worker.waitUntil(() => {
      if (!worker.output.includes('Worker ready')) throw new Error('no word of it yet');
      return Promise.resolve();
    }, START_TIMEOUT_MS);
    return worker;
  }

  /** As an administrator stops it. Answers the exit status. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
    const ends = await Promise.all([...this.workers, ...(this.process ? [this.process] : [])].map((each) => each.stop(signal)));
    return ends.at(-1)?.code ?? null;
  }

  /** As a power cut stops it. */
  async kill9(): Promise<void> {
    await this.stop('SIGKILL');
  }

  /** Stops (unless it is down already) and starts on the same port and data. */
  async restart(overrides: Environment = {}): Promise<void> {
    await this.stop();
    await this.start(overrides);
  }

  /** Stops it and removes its data. */
  async dispose(): Promise<void> {
    await this.kill9();
    rmSync(this.dataDir, { recursive: true, force: true });
  }

  /** Signs in; later calls of `api` carry the token. Answers the token. */
  async login(credentials: { username: string; password: string } = ADMIN): Promise<string> {
    const { status, body } = await this.send<{ access_token: string }>('POST', '/api/admin/auth/login', credentials, null);
    if (status >= 300) throw new Error(`${this.name}: sign-in was answered ${status} ${JSON.stringify(body)}`);
    return (this.token = body.access_token);
  }

  /** Calls the admin API as the administrator, signing in when needed. Any status is an answer. */
  async api<T = Record<string, unknown>>(method: string, path: string, body?: unknown): Promise<Answer<T>> {
    if (this.token === null) await this.login();
    const answer = await this.send<T>(method, path, body, this.token);
    if (answer.status !== 401) return answer;
    return this.send<T>(method, path, body, await this.login()); // signed out, or the token ran out
  }

  /** Like `api`, for calls that must succeed: another answer is an error that quotes it. */
  async ok<T = Record<string, unknown>>(method: string, path: string, body?: unknown): Promise<T> {
    const { status, body: answer } = await this.api<T>(method, path, body);
    if (status < 200 || status > 299) throw new Error(`${this.name}: ${method} ${path} was answered ${status} ${JSON.stringify(answer)}`);
    return answer;
  }

  /** Uploads through the multipart form, as curl does. */
  upload<T = Record<string, unknown>>(
    filename: string,
    content: string | Uint8Array<ArrayBuffer>,
    fields: Record<string, string> = {},
  ): Promise<Answer<T>> {
    const form = new FormData();
    for (const [name, value] of Object.entries(fields)) form.set(name, value);
    form.set('file', new Blob([content]), filename);
    return this.api<T>('POST', '/api/admin/upload', form);
  }

  /** The bytes under their public name; waits for them to arrive. */
  async downloaded(filename: string, timeoutMs = 60_000): Promise<Buffer> {
    return eventually(
      async () => {
        const response = await fetch(`${this.url}/share/${encodeURIComponent(filename)}`, {
          signal: AbortSignal.timeout(CALL_TIMEOUT_MS),
        });
        const content = Buffer.from(await response.arrayBuffer());
        if (!response.ok) throw new Error(`${this.name}: ${filename} was answered ${response.status}`);
        return content;
      },
      { timeoutMs },
    );
  }

  private get environment(): Environment {
    return {
      HOST: '127.0.0.1',
      ADMIN_PASSWORD: ADMIN.password,
      ...this.settings,
      PORT: this.port,
      DATA_DIR: this.dataDir,
    };
  }

  private async send<T>(method: string, path: string, body: unknown, token: string | null): Promise<Answer<T>> {
    const isForm = body instanceof FormData;
    const isRaw = body instanceof Uint8Array;
    const type = isRaw ? 'application/octet-stream' : 'application/json';
    const response = await fetch(new URL(path, this.url), {
      method,
      headers: {
        ...(token === null ? {} : { authorization: `Bearer ${token}` }),
        ...(body === undefined || isForm ? {} : { 'content-type': type }),
      },
      body: body === undefined ? null : isForm ? body : isRaw ? Uint8Array.from(body) : JSON.stringify(body),
      signal: AbortSignal.timeout(CALL_TIMEOUT_MS),
      redirect: 'manual',
    });
    const text = await response.text();
    const isJson = /^application\/(?:[\w.]+\+)?json/.test(response.headers.get('content-type') ?? '');
    return {
      status: response.status,
      headers: response.headers,
      body: (isJson ? JSON.parse(text) : text) as T,
    };
  }
}
