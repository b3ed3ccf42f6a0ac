import { chmodSync, chownSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import path from 'node:path';
import { execFileSync } from 'node:child_process';
import mysql from 'mysql2/promise';
import pg from 'pg';
import { Child, freePort, run } from './child.mjs';
import { findCommand, requireProgram } from './programs.mjs';
import { scratchDir } from './scratch.mjs';

const READY_TIMEOUT_MS = 90_000;
const HOST = '127.0.0.1';

/**
 * A server program on a loopback port with its own scratch directory. It can be stopped and started again
 * on the same port and data, so that tests can take it away from what depends on it.
 */
export class Service {
  /** @type {Child | null} */ #child = null;

  /**
   * @param {{ name: string, url: string, port: number, directory: string,
   *           spawn: () => Child, isReady: () => Promise<unknown>,
   *           stopSignal?: NodeJS.Signals, disposeSignal?: NodeJS.Signals }} plan
   */
  constructor(plan) {
    this.plan = plan;
    this.name = plan.name;
    this.url = plan.url;
    this.port = plan.port;
    this.directory = plan.directory;
  }

  get output() {
    return this.#child?.output ?? '';
  }

  get pid() {
    return this.#child?.process.pid;
  }

  async start() {
    if (this.#child?.isRunning) return this;
    this.#child = this.plan.spawn();
    await this.#child.waitUntil(this.plan.isReady, READY_TIMEOUT_MS);
    return this;
  }

  /** @param {NodeJS.Signals} [signal] SIGKILL to see what a crash does */
  async stop(signal = this.plan.stopSignal ?? 'SIGTERM') {
    await this.#child?.stop(signal);
  }

  /** Ends the program and removes its data. */
  async dispose() {
    await this.stop(this.plan.disposeSignal ?? 'SIGKILL');
    rmSync(this.directory, { recursive: true, force: true });
  }
}

/** @param {readonly string[]} [more] further arguments @returns {Promise<Service>} url `redis://127.0.0.1:PORT/0` */
export async function startRedis(more = []) {
  const [program, port, directory] = [requireProgram('redis'), await freePort(), scratchDir('redis')];
  const args = ['--port', String(port), '--bind', HOST, '--dir', directory, '--save', '', '--appendonly', 'no', ...more];
  return new Service({
    name: 'redis',
    url: `redis://${HOST}:${port}/0`,
    port,
    directory,
    spawn: () => new Child(program, args),
    isReady: () => ask(port, 'PING\r\n', /^\+PONG/),
  }).start();
}

/** @param {readonly string[]} [more] further arguments @returns {Promise<Service>} url `mariadb://ods:ods@127.0.0.1:PORT/ods` */
export async function startMariadb(more = []) {
  const [program, port, directory] = [requireProgram('mariadb'), await freePort(), scratchDir('mariadb')];
  const user = isRoot() ? ['--user=root'] : [];
  const data = path.join(directory, 'data');
  const install = findCommand('mariadb-install-db', 'mysql_install_db');
  if (install === null) throw new Error('mariadb-install-db is not installed; it comes with mariadb-server.');
  await run(install, ['--no-defaults', `--datadir=${data}`, '--auth-root-authentication-method=normal', '--skip-test-db', ...user]);
  const setUp = path.join(directory, 'setup.sql');
  writeFileSync(
    setUp,
    `CREATE DATABASE IF NOT EXISTS ods;\nCREATE USER IF NOT EXISTS ods@'%' IDENTIFIED BY 'ods';\nGRANT ALL ON *.* TO ods@'%';\n`,
  );
  const args = [
    ...['--no-defaults', `--datadir=${data}`, `--init-file=${setUp}`, ...user],
    ...[`--bind-address=${HOST}`, `--port=${port}`, `--socket=${path.join(directory, 'socket')}`],
    ...['--max-connections=500', '--skip-log-bin', '--skip-name-resolve', '--innodb-buffer-pool-size=64M'],
    // Speed: what is tested is our code, not MariaDB's durability.
    ...['--innodb-flush-log-at-trx-commit=0', '--innodb-flush-method=nosync', '--innodb-doublewrite=0'],
    ...more,
  ];
  return new Service({
    name: 'mariadb',
    url: `mariadb://ods:ods@${HOST}:${port}/ods`,
    port,
    directory,
    spawn: () => new Child(program, args),
    isReady: async () => {
      const client = await mysql.createConnection({
        host: HOST,
        port,
        user: 'ods',
        password: 'ods',
        database: 'ods',
      });
      await client.end();
    },
  }).start();
}

/**
 * @param {{ settings?: Record<string, string>, files?: Record<string, string> }} [more] settings beside those of all, and files of its directory;
 *   `data/standby.signal` makes a standby, which only reads until it is promoted
 * @returns {Promise<Service>} url `postgres://ods:ods@127.0.0.1:PORT/postgres`; its socket is in `directory`
 */
export async function startPostgres(more = {}) {
  const [program, port, directory] = [requireProgram('postgres'), await freePort(), scratchDir('postgres')];
  const user = isRoot() ? 'postgres' : null; // it refuses to run as root
  if (user !== null) giveTo(user, directory);
  const data = path.join(directory, 'data');
  const passwordFile = path.join(directory, 'password');
  writeFileSync(passwordFile, 'ods\n', { mode: 0o644 });
  const initdb = path.join(path.dirname(program), 'initdb');
  const options = { user, cwd: directory };
  const init = ['-D', data, '-U', 'ods', '--pwfile', passwordFile, '-A', 'scram-sha-256', '-E', 'UTF8', '--locale=C.UTF-8', '--no-sync'];
  await run(initdb, init, options);
  for (const [name, text] of Object.entries(more.files ?? {})) {
    writeFileSync(path.join(directory, name), text, { mode: 0o600 });
    if (user !== null) execFileSync('chown', [user, path.join(directory, name)]);
  }
  const settings = {
    listen_addresses: HOST,
    port,
    unix_socket_directories: directory,
    max_connections: 300,
    // Speed: what is tested is our code, not PostgreSQL's durability.
    fsync: 'off',
    synchronous_commit: 'off',
    full_page_writes: 'off',
    ...more.settings,
  };
  const args = ['-D', data, ...Object.entries(settings).flatMap(([key, value]) => ['-c', `${key}=${value}`])];
  return new Service({
    name: 'postgres',
    url: `postgres://ods:ods@${HOST}:${port}/postgres`,
    port,
    directory,
    // "Fast" waits for no client; "immediate" leaves nothing to be gained by waiting.
    stopSignal: 'SIGINT',
    disposeSignal: 'SIGQUIT',
    spawn: () => new Child(program, args, { ...options, deathSignal: 'QUIT' }),
    isReady: async () => {
      const client = new pg.Client({
        host: HOST,
        port,
        user: 'ods',
        password: 'ods',
        database: 'postgres',
      });
      await client.connect();
      await client.end();
    },
  }).start();
}

/**
 * nginx with one `http` block of the caller's own making.
 * @param {(port: number) => string} httpBlock what stands inside `http { }`; it must listen on 127.0.0.1:port
 * @returns {Promise<Service>} url `http://127.0.0.1:PORT`
 */
export async function startNginx(httpBlock) {
  const [program, port, directory] = [requireProgram('nginx'), await freePort(), scratchDir('nginx')];
  for (const name of ['body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']) mkdirSync(path.join(directory, name));
  const file = path.join(directory, 'nginx.conf');
  const temp = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (name) => `${name}_temp_path ${path.join(directory, name.replace('client_', ''))};`,
  );
  const http = ['access_log off;', ...temp, 'include /etc/nginx/mime.types;', httpBlock(port)];
  writeFileSync(
    file,
    [
      isRoot() ? 'user root;' : '',
      'daemon off;\nworker_processes 1;',
      `pid ${path.join(directory, 'nginx.pid')};\nerror_log stderr warn;`,
      'events { worker_connections 512; }',
      `http {\n${http.join('\n')}\n}\n`,
    ].join('\n'),
  );
  return new Service({
    name: 'nginx',
    url: `http://${HOST}:${port}`,
    port,
    directory,
    disposeSignal: 'SIGTERM', // its worker would outlive a killed master
    spawn: () => new Child(program, ['-p', directory, '-c', file, '-e', 'stderr'], { deathSignal: 'TERM' }),
    isReady: () => ask(port, 'GET / HTTP/1.0\r\n\r\n', /^HTTP/),
  }).start();
}

/**
 * Apache with the modules and directives that are given, as a process of its own in the foreground.
 * @param {readonly string[]} modules without `mod_` and without those that every configuration needs
 * @param {string} directives
 * @returns {Promise<Service>} url `http://127.0.0.1:PORT`
 */
export async function startApache(modules, directives) {
  const [program, port, directory] = [requireProgram('apache'), await freePort(), scratchDir('apache')];
  const file = path.join(directory, 'apache.conf');
  const loaded = ['mpm_event', 'authz_core', ...modules].map((name) => `LoadModule ${name}_module /usr/lib/apache2/modules/mod_${name}.so`);
  const owner = isRoot() ? ['User www-data', 'Group www-data'] : [];
  const paths = [`ServerRoot ${directory}`, `PidFile ${directory}/pid`, `DefaultRuntimeDir ${directory}`, `ErrorLog ${directory}/errors`];
  writeFileSync(file, [...paths, `Listen ${HOST}:${port}`, `ServerName ${HOST}`, ...loaded, ...owner, directives, ''].join('\n'));
  return new Service({
    name: 'apache',
    url: `http://${HOST}:${port}`,
    port,
    directory,
    disposeSignal: 'SIGTERM', // its children would outlive a killed parent
    spawn: () => new Child(program, ['-X', '-f', file], { deathSignal: 'TERM' }),
    isReady: () => ask(port, 'GET / HTTP/1.0\r\n\r\n', /^HTTP/),
  }).start();
}

/**
 * HAProxy with a configuration of the caller's own making.
 * @param {(port: number) => string} configuration one of its front ends must listen on 127.0.0.1:port
 * @returns {Promise<Service>} url `http://127.0.0.1:PORT`
 */
export async function startHaproxy(configuration) {
  const [program, port, directory] = [requireProgram('haproxy'), await freePort(), scratchDir('haproxy')];
  const file = path.join(directory, 'haproxy.cfg');
  writeFileSync(file, configuration(port));
  return new Service({
    name: 'haproxy',
    url: `http://${HOST}:${port}`,
    port,
    directory,
    spawn: () => new Child(program, ['-db', '-f', file]),
    isReady: () => ask(port, 'GET / HTTP/1.0\r\n\r\n', /^HTTP/),
  }).start();
}

function isRoot() {
  return process.getuid?.() === 0;
}

/** @param {string} user @param {string} directory */
function giveTo(user, directory) {
  const [uid, gid] = ['-u', '-g'].map((flag) => Number(execFileSync('id', [flag, user], { encoding: 'utf8' })));
  chmodSync(path.dirname(directory), 0o711); // so that this user can reach what is his
  chownSync(directory, /** @type {number} */ (uid), /** @type {number} */ (gid));
}

/**
 * Sends one request and resolves when the answer matches.
 * @param {number} port @param {string} request @param {RegExp} expected @returns {Promise<void>}
 */
function ask(port, request, expected) {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: HOST }, () => socket.write(request));
    socket.setTimeout(2_000, () => socket.destroy(new Error('no answer')));
    socket.once('error', reject);
    socket.once('close', () => reject(new Error('closed without an answer')));
    socket.once('data', (data) => {
      if (expected.test(data.toString())) resolve();
      else reject(new Error(`answered ${data.toString().slice(0, 100)}`));
      socket.destroy();
    });
  });
}
