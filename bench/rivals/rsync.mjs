import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import path from 'node:path';
import { Child, freePort } from '../../test/support/child.mjs';
import { pin } from '../support/cpu.mjs';
import { seconds } from '../support/rounds.mjs';

/** An rsync daemon that offers one folder. */
export class RsyncDaemon {
  /** @param {import('../support/bench.mjs').Bench} bench @param {number} port */
  constructor(bench, port) {
    this.bench = bench;
    this.port = port;
    this.pid = 0;
    this.target = bench.directory('rsync-target');
  }

  /** Null when rsync is not installed. @param {import('../support/bench.mjs').Bench} bench @param {string} folder */
  static async start(bench, folder) {
    const program = bench.find('rsync');
    if (program === null) return null;
    const daemon = new RsyncDaemon(bench, await freePort());
    const own = bench.directory('rsync');
    const config = path.join(own, 'rsyncd.conf');
    const user = process.getuid?.() === 0 ? ['uid = root', 'gid = root'] : [];
    const lines = [
      `pid file = ${own}/pid`,
      `lock file = ${own}/lock`,
      'use chroot = no',
      'address = 127.0.0.1',
      ...user,
      '[source]',
      `path = ${folder}`,
      'read only = yes',
    ];
    writeFileSync(config, `${lines.join('\n')}\n`);
    const child = bench.keep(new Child(program, ['--daemon', '--no-detach', `--config=${config}`, `--port=${daemon.port}`]));
    await child.waitUntil(() => reach(daemon.port), 10_000);
    daemon.pid = child.process.pid;
    if (bench.options.pinned) pin(daemon.pid, 0);
    return daemon;
  }

  /** @param {string} option */
  async knows(option) {
    return (await this.bench.run('rsync', ['--help'])).includes(option);
  }

  /** Seconds until the client has ended: the file is whole, at its name, and its checksum was compared. @param {string} file @param {string[]} options */
  async timePull(file, options) {
    rmSync(this.target, { recursive: true, force: true });
    mkdirSync(this.target);
    const from = `rsync://127.0.0.1:${this.port}/source/${file}`;
    const pull = ['rsync', '-t', '-W', ...options, from, `${this.target}/`];
    const [command, ...args] = this.bench.options.pinned ? ['taskset', '-c', '1', ...pull] : pull;
    const taken = await seconds(() => this.bench.run(command, args));
    rmSync(this.target, { recursive: true });
    return taken;
  }
}

/** @param {number} port @returns {Promise<void>} */
function reach(port) {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1' }, () => {
      socket.destroy();
      resolve();
    });
    socket.once('error', reject);
  });
}
