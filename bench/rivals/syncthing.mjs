import { copyFileSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Child, freePort } from '../../test/support/child.mjs';
import { until } from '../support/ods-server.mjs';

const API_KEY = 'bench';
const START_TIMEOUT_MS = 60_000;
const CONNECT_TIMEOUT_MS = 60_000;

/** One syncthing with a home of its own that connects only to the devices it is given. */
class Syncthing {
  /** @param {import('../support/bench.mjs').Bench} bench @param {string} program @param {string} name */
  constructor(bench, program, name) {
    this.bench = bench;
    this.program = program;
    this.name = name;
    this.home = bench.directory(`syncthing-${name}`);
    this.folder = bench.directory(`syncthing-${name}-folder`);
  }

  async prepare() {
    await this.bench.run(this.program, ['generate', `--home=${this.home}`, '--no-default-folder']);
    this.id = (await this.bench.run(this.program, ['serve', `--home=${this.home}`, '--device-id'])).trim();
    this.guiPort = await freePort();
    this.port = await freePort();
  }

  /** What others write down about it. */
  get device() {
    return { deviceID: this.id, name: this.name, addresses: [`tcp://127.0.0.1:${this.port}`], compression: 'metadata' };
  }

  /** @param {readonly Syncthing[]} friends */
  async start(friends) {
    mkdirSync(path.join(this.folder, '.stfolder'), { recursive: true });
    writeFileSync(path.join(this.home, 'config.xml'), configOf(this, [this, ...friends]));
    const args = ['serve', `--home=${this.home}`, '--no-browser', '--no-restart', '--no-upgrade'];
    this.process = this.bench.keep(new Child(this.program, args, { env: { ...process.env, STNOUPGRADE: '1' }, deathSignal: 'TERM' }));
    await this.process.waitUntil(() => this.call('GET', 'system/ping'), START_TIMEOUT_MS);
  }

  async stop() {
    await this.process?.stop();
  }

  /** @param {string} method @param {string} resource @param {unknown} [body] @returns {Promise<any>} */
  async call(method, resource, body) {
    const response = await fetch(`http://127.0.0.1:${this.guiPort}/rest/${resource}`, {
      method,
      headers: { 'X-API-Key': API_KEY, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      body: body === undefined ? undefined : JSON.stringify(body),
      signal: AbortSignal.timeout(300_000),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`syncthing answered ${method} ${resource} with ${response.status}: ${text}`);
    return text.startsWith('{') || text.startsWith('[') ? JSON.parse(text) : text;
  }

  /** Scans the folder now; resolves when that is done. */
  scan() {
    return this.call('POST', 'db/scan?folder=bench');
  }

  /** Shares the folder with one more. @param {Syncthing} other */
  async befriend(other) {
    await this.call('POST', 'config/devices', other.device);
    const folder = await this.call('GET', 'config/folders/bench');
    await this.call('PUT', 'config/folders/bench', { ...folder, devices: [...folder.devices, { deviceID: other.id }] });
  }

  /** @param {Syncthing} other */
  async connected(other) {
    const giveUp = Date.now() + CONNECT_TIMEOUT_MS;
    while (!(await this.call('GET', 'system/connections')).connections[other.id]?.connected) {
      if (Date.now() > giveUp) throw new Error('Two syncthings did not find each other.');
    }
  }

  /** Resolves when the file stands whole under its name, which syncthing gives it after fsync. @param {string} filename @param {number} size */
  async has(filename, size) {
    const file = path.join(this.folder, filename);
    await until(() => existsSync(file) && statSync(file).size === size, `${filename} at syncthing`);
  }

  /** @param {number} count */
  async hasMany(count) {
    await until(() => readdirSync(this.folder).filter((name) => !name.startsWith('.')).length >= count, `${count} files at syncthing`, 25);
  }
}

/** Two that share a folder, on loopback, at full speed: no low priority, no discovery, no relays, no reports, no upgrades. */
export class SyncthingPair {
  #made = 0;

  /** @param {Syncthing} a @param {Syncthing} b */
  constructor(a, b) {
    this.a = a;
    this.b = b;
  }

  /** Null when syncthing is not installed. Both run; the first does not know the second yet. @param {import('../support/bench.mjs').Bench} bench */
  static async start(bench) {
    const program = bench.find('syncthing');
    if (program === null) return null;
    const pair = new SyncthingPair(new Syncthing(bench, program, 'a'), new Syncthing(bench, program, 'b'));
    await Promise.all([pair.a.prepare(), pair.b.prepare()]);
    await pair.a.start([]);
    await pair.b.start([pair.a]);
    return pair;
  }

  async connect() {
    await this.a.befriend(this.b);
    await this.a.connected(this.b);
  }

  /** Seconds from the end of the first one's scan to the file being whole at the second. @param {string} source */
  async timeTransfer(source) {
    const filename = `transfer-${(this.#made += 1)}.pkg`;
    const draft = path.join(this.a.home, filename);
    const { size } = statSync(source);
    copyFileSync(source, draft);
    await this.a.bench.settle(2 * size);
    renameSync(draft, path.join(this.a.folder, filename));
    let scannedAt = 0;
    const scan = this.a.scan().then(() => (scannedAt = performance.now()));
    await this.b.has(filename, size);
    const hereAt = performance.now();
    await scan;
    await this.forget(filename);
    return (hereAt - scannedAt) / 1_000;
  }

  /** Ends both and takes their files away. */
  async discard() {
    for (const each of [this.a, this.b]) {
      await each.stop();
      for (const directory of [each.home, each.folder]) rmSync(directory, { recursive: true, force: true });
    }
  }

  /** @param {string} filename */
  async forget(filename) {
    rmSync(path.join(this.a.folder, filename));
    await this.a.scan();
    await until(() => !existsSync(path.join(this.b.folder, filename)), 'syncthing to delete');
  }
}

/** @param {Syncthing} own @param {readonly Syncthing[]} members */
function configOf(own, members) {
  const device = ({ id, name, port }) =>
    `<device id="${id}" name="${name}" compression="metadata"><address>tcp://127.0.0.1:${port}</address></device>`;
  return `<configuration version="36">
  <folder id="bench" path="${own.folder}" type="sendreceive" rescanIntervalS="0" fsWatcherEnabled="false">
    ${members.map(({ id }) => `<device id="${id}"></device>`).join('')}<minDiskFree unit="%">0</minDiskFree>
  </folder>
  ${members.map(device).join('\n  ')}
  <gui enabled="true" tls="false"><address>127.0.0.1:${own.guiPort}</address><apikey>${API_KEY}</apikey></gui>
  <options>
    <listenAddress>tcp://127.0.0.1:${own.port}</listenAddress>
    <globalAnnounceEnabled>false</globalAnnounceEnabled><localAnnounceEnabled>false</localAnnounceEnabled>
    <relaysEnabled>false</relaysEnabled><natEnabled>false</natEnabled><urAccepted>-1</urAccepted>
    <autoUpgradeIntervalH>0</autoUpgradeIntervalH><crashReportingEnabled>false</crashReportingEnabled>
    <startBrowser>false</startBrowser><setLowPriority>false</setLowPriority><reconnectionIntervalS>1</reconnectionIntervalS>
    <stunKeepaliveStartS>0</stunKeepaliveStartS><minHomeDiskFree unit="%">0</minHomeDiskFree>
  </options>
</configuration>
`;
}
