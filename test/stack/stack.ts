import { randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Child, run } from '../support/child.mjs';
import { eventually } from '../support/eventually.js';
import { nginxConfig } from '../support/nginx-template.js';
import { freePort, scratchDir, type Service, startMariadb, startNginx, startRedis } from '../support/services.js';
import { type ComposeService, readCompose, root, translated } from './compose.js';

export const PASSWORD = 'tests-only-passphrase-7';

/** Minutes shortened to what a test can wait for; everything else is as composed. */
const quickly = { RECONCILE_SECONDS: '2', JOB_POLL_MS: '200', JOB_LEASE_MS: '5000', DISK_RESERVE_BYTES: '1M', ADMIN_PASSWORD: PASSWORD };

/** A container of the compose file, run as a process of this machine with the same command and environment. */
export class Container {
  private child: Child | null = null;
  private earlier = '';

  constructor(
    private readonly service: ComposeService,
    readonly port: number,
    private readonly environment: Record<string, string>,
  ) {}

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  get logs(): string {
    return this.earlier + (this.child?.output ?? '');
  }

  async start(): Promise<void> {
    this.earlier = this.logs;
    const [, ...args] = this.service.command!;
    const env = { PATH: process.env['PATH'], ...this.environment, HOST: '127.0.0.1' };
    this.child = new Child(process.execPath, args, { cwd: root, env });
    await this.child.waitUntil(() => this.healthy(), 150_000);
  }

  /** Asks as Docker does. */
  async healthy(): Promise<void> {
    const [, , ...args] = this.service.healthcheck.test;
    await run(
      process.execPath,
      args.map((argument) => (/^\d+$/.test(argument) ? String(this.port) : argument)),
      { cwd: root },
    );
  }

  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
    return (await this.child?.stop(signal))?.code ?? null;
  }

  async ready(): Promise<{ status: number; body: { status: string; reasons: string[] } }> {
    const response = await fetch(`${this.url}/readyz`, { signal: AbortSignal.timeout(30_000) }).catch((error: unknown) => {
      throw new Error(`${this.url} gives no answer. The end of its log:\n${this.logs.slice(-2_000)}`, { cause: error });
    });
    const { status, reasons } = (await response.json()) as { status: string; reasons: string[] };
    return { status: response.status, body: { status, reasons } };
  }
}

/** docker-compose.yml with two web applications and two workers, as native processes. */
export class Stack {
  private constructor(
    readonly mysql: Service,
    readonly redis: Service,
    readonly webapps: readonly Container[],
    readonly workers: readonly Container[],
    readonly nginx: Service,
  ) {}

  /** With the volume of the share in this directory, if one is given. */
  static async start(share = scratchDir('stack-share')): Promise<Stack> {
    const { services, secrets } = readCompose();
    const [mysql, redis] = await Promise.all([startMariadb(services.mysql.command), startRedis(withoutProgram(services.redis.command!))]);
    const places = {
      'mysql:3306': `127.0.0.1:${mysql.port}`,
      'redis:6379': `127.0.0.1:${redis.port}`,
      '/var/lib/ods': share,
      '/run/secrets': writeSecrets(Object.keys(secrets)),
    };
    const container = async (service: ComposeService, portName: string): Promise<Container> => {
      const port = await freePort();
      return new Container(service, port, { ...translated(service.environment!, places), [portName]: String(port), ...quickly });
    };
    const webapps = [await container(services.webapp, 'PORT'), await container(services.webapp, 'PORT')];
    const workers = [await container(services.worker, 'WORKER_PORT'), await container(services.worker, 'WORKER_PORT')];
    await Promise.all([...webapps, ...workers].map((each) => each.start())); // all at once: one of them makes the tables
    const environment = translated(services.nginx.environment!, places);
    const nginx = await startNginx((port: number) =>
      nginxConfig({
        NGINX_PORT: port,
        ODS_SERVERS: serversOf(environment['ODS_SERVERS']!, webapps),
        ODS_CONTENT_DIR: environment['ODS_CONTENT_DIR']!,
      }),
    );
    return new Stack(mysql, redis, webapps, workers, nginx);
  }

  get url(): string {
    return this.nginx.url;
  }

  get logs(): string {
    return [...this.webapps, ...this.workers].map(({ logs }) => logs.slice(-3_000)).join('\n----\n');
  }

  /** Until every process says that all is well. */
  async allReady(): Promise<void> {
    await eventually(
      async () => {
        for (const each of [...this.webapps, ...this.workers])
          expect(await each.ready()).toEqual({ status: 200, body: { status: 'ready', reasons: [] } });
      },
      { timeoutMs: 120_000, everyMs: 200 },
    );
  }

  async dispose(): Promise<void> {
    await Promise.all([...this.webapps, ...this.workers].map((each) => each.stop('SIGKILL')));
    await Promise.all([this.nginx.dispose(), this.mysql.dispose(), this.redis.dispose()]);
  }
}

const withoutProgram = ([, ...args]: readonly string[]): string[] => args;

/** Replicas behind one name become one line each; nginx of this machine may be too old to ask for names again. */
const serversOf = (servers: string, webapps: readonly Container[]): string =>
  webapps.map(({ port }) => servers.replace('webapp:8080', `127.0.0.1:${port}`).replace(' resolve', '')).join('\n');

function writeSecrets(names: readonly string[]): string {
  const directory = scratchDir('stack-secrets');
  mkdirSync(directory, { recursive: true });
  for (const name of names) {
    const secret = name === 'mysql_password' ? 'ods' : randomBytes(32).toString('base64');
    writeFileSync(path.join(directory, name), `${secret}\n`, { mode: 0o600 });
  }
  return directory;
}
