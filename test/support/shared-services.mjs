import { createServer } from 'node:http';
import { startMariadb, startPostgres, startRedis } from './service-processes.mjs';

/** @type {Readonly<Record<string, () => Promise<import('./service-processes.mjs').Service>>>} */
const starters = { redis: startRedis, mariadb: startMariadb, postgres: startPostgres };

/**
 * Lends the servers that all test files of a run share: each is started when the first file asks, and
 * lives in the process that runs Jest, so that it ends with it.
 */
export class SharedServices {
  /** @type {Map<string, Promise<import('./service-processes.mjs').Service>>} */
  #services = new Map();
  #server = createServer((request, response) => {
    this.#lend((request.url ?? '/').slice(1)).then(
      (url) => response.end(url),
      (error) => response.writeHead(500).end(String(error)),
    );
  });

  /** @returns {Promise<string>} the address to ask, `GET /mariadb` → its URL */
  async open() {
    await new Promise((resolve) => this.#server.listen(0, '127.0.0.1', () => resolve(undefined)));
    this.#server.unref();
    const { port } = /** @type {import('node:net').AddressInfo} */ (this.#server.address());
    return `http://127.0.0.1:${port}`;
  }

  async close() {
    this.#server.closeAllConnections();
    this.#server.close();
    const started = await Promise.allSettled(this.#services.values());
    for (const service of started) if (service.status === 'fulfilled') await service.value.dispose();
  }

  /** @param {string} name */
  async #lend(name) {
    const start = starters[name];
    if (start === undefined) throw new Error(`No shared service is called "${name}".`);
    if (!this.#services.has(name)) this.#services.set(name, start());
    return (await /** @type {Promise<import('./service-processes.mjs').Service>} */ (this.#services.get(name))).url;
  }
}
