import { execFile } from 'node:child_process';
import { mkdirSync, rmSync, statfsSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { findCommand } from '../../test/support/programs.mjs';
import { freePort } from '../../test/support/child.mjs';
import { OdsServer } from './ods-server.mjs';
import { SlowLink } from './slow-link.mjs';

const execute = promisify(execFile);
/** A part may leave this much of the disk. */
const SPARE_BYTES = 2 * 2 ** 30;

/** What the parts of the measurement share: the scratch directory, the options, and everything that must be ended. */
export class Bench {
  /** @type {(() => Promise<unknown>)[]} */ #closers = [];
  #made = 0;

  /** @param {string} folder @param {ReturnType<import('./options.mjs').readOptions>} options */
  constructor(folder, options) {
    this.folder = folder;
    this.options = options;
  }

  /** Progress, for the one who waits; not part of the result. @param {string} text */
  say(text) {
    process.stderr.write(`${text}\n`);
  }

  /** A new empty directory. @param {string} name */
  directory(name) {
    const directory = path.join(this.folder, `${name}-${(this.#made += 1)}`);
    mkdirSync(directory, { recursive: true });
    return directory;
  }

  /** Ended with the part, if it did not end before. @template {{ stop(): Promise<unknown> }} T @param {T} what @returns {T} */
  keep(what) {
    this.#closers.push(() => what.stop());
    return what;
  }

  /** A started server of ours. @param {string} name @param {Record<string, string>} [settings] */
  async server(name, settings = {}) {
    const server = this.keep(new OdsServer({ name, port: await freePort(), folder: this.directory('ods'), settings }));
    await server.start();
    return server;
  }

  /**
   * A server that its peers reach over a line of so many bytes a second.
   * @param {string} name @param {number} bytesPerSecond @param {Record<string, string>} [settings]
   */
  async serverBehind(name, bytesPerSecond, settings = {}) {
    const server = await this.server(name, settings);
    const link = this.keep(await new SlowLink(server.port, bytesPerSecond).start());
    await server.call('POST', 'about/update', { name, url: link.url });
    return { server, link };
  }

  /** Takes a server down and its files away. @param {OdsServer} server */
  async discard(server) {
    await server.stop();
    rmSync(server.dataDir, { recursive: true, force: true });
  }

  /** Throws when the disk cannot hold what a part is going to write. @param {number} bytes */
  requireRoom(bytes) {
    const { bavail, bsize } = statfsSync(this.folder);
    if (bavail * bsize < bytes + SPARE_BYTES)
      throw new Error(`This needs ${Math.ceil((bytes + SPARE_BYTES) / 2 ** 30)} GiB free in ${this.folder}.`);
  }

  /** The path of a program to be measured against; null when it is not installed. @param {string} command */
  find(command) {
    return findCommand(command);
  }

  /**
   * Makes the next measurement start where the last one did: the disk has finished what it was given, and there is memory for so many
   * bytes of files that was in use before. On a virtual machine memory that was never used is several times slower to write to, and
   * whoever keeps its files would pay for that alone.
   * @param {number} [bytes]
   */
  async settle(bytes = 0) {
    await execute('sync');
    const file = path.join(this.folder, 'ballast');
    if (bytes > 0) await execute('dd', ['if=/dev/zero', `of=${file}`, 'bs=1M', `count=${Math.ceil(bytes / 2 ** 20)}`, 'status=none']);
    rmSync(file, { force: true });
  }

  /** Runs a program to its end. @param {string} command @param {string[]} args @param {{ timeoutMs?: number }} [options] */
  async run(command, args, { timeoutMs = 600_000 } = {}) {
    const { stdout } = await execute(command, args, { timeout: timeoutMs, maxBuffer: 2 ** 24 });
    return stdout;
  }

  /** Ends what the part started. */
  async closeAll() {
    const closers = this.#closers.splice(0).reverse();
    const ends = await Promise.allSettled(closers.map((close) => close()));
    for (const end of ends) if (end.status === 'rejected') this.say(`  ${end.reason}`);
  }

  async close() {
    await this.closeAll();
  }
}
