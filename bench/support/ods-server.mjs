import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { DemoServer } from '../../tools/demo/demo-server.mjs';

const ARRIVAL_TIMEOUT_MS = 900_000;
const LOOK_MS = 5;

/** A server under measurement, observed from outside through its files and its process, so that observing costs it nothing. */
export class OdsServer extends DemoServer {
  /** @param {{ name: string, port: number, folder: string, settings?: Record<string, string> }} plan */
  constructor(plan) {
    super({ password: 'bench-only-passphrase-7', ...plan, settings: { ACCESS_TOKEN_SECONDS: '86400', ...plan.settings } });
    this.share = path.join(this.dataDir, 'share');
  }

  /** curl's arguments to upload a file. @param {string} file @param {string} filename */
  uploadArgs(file, filename) {
    const form = ['-F', `file=@${file};filename=${filename}`, '-F', 'stage=Prod'];
    const answer = ['-sS', '-o', '/dev/null', '-w', '%{http_code}'];
    return [...answer, '-H', `Authorization: Bearer ${this.token}`, '-H', 'Expect:', ...form, `${this.url}/api/admin/upload`];
  }

  /** The same with the file as the body. @param {string} file @param {string} filename */
  putArgs(file, filename) {
    const answer = ['-sS', '-o', '/dev/null', '-w', '%{http_code}', '-H', 'Expect:', '-H', `Authorization: Bearer ${this.token}`];
    return [...answer, '-T', file, `${this.url}/api/admin/packages/${encodeURIComponent(filename)}/content?stage=Prod`];
  }

  /** Resolves within milliseconds of a package being served here. @param {string} filename */
  async arrival(filename) {
    await until(() => existsSync(path.join(this.share, filename)), `${filename} at ${this.name}`);
  }

  /** Resolves when this server knows of a package and has not begun to fetch it. @param {string} filename */
  async waiting(filename) {
    const giveUp = Date.now() + ARRIVAL_TIMEOUT_MS;
    while ((await this.progressOf(filename)).state !== 'waiting') {
      if (Date.now() > giveUp) throw new Error(`${this.name} never learned of ${filename}.`);
      await delay(100);
    }
  }

  /** Resolves when so many packages are served here. @param {number} count */
  async arrivals(count) {
    await until(
      () => readdirSync(this.share).filter((name) => !name.startsWith('.')).length >= count,
      `${count} packages at ${this.name}`,
      25,
    );
  }

  /** Bytes of memory: the most there ever was, and what there is now; null where the system does not say. */
  get memory() {
    if (process.platform !== 'linux') return null;
    const status = readFileSync(`/proc/${this.pid}/status`, 'utf8');
    const kib = (/** @type {string} */ field) => Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(status)?.[1]) * 1_024;
    return { peak: kib('VmHWM'), now: kib('VmRSS') };
  }
}

/** @param {() => boolean} isSo @param {string} what @param {number} [everyMs] */
export async function until(isSo, what, everyMs = LOOK_MS) {
  const giveUp = Date.now() + ARRIVAL_TIMEOUT_MS;
  while (!isSo()) {
    if (Date.now() > giveUp) throw new Error(`Waited ${ARRIVAL_TIMEOUT_MS / 1_000} s for ${what}.`);
    await delay(everyMs);
  }
}
