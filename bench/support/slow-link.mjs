import { createServer, connect } from 'node:net';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';

/** Bytes that pass at once. */
const PIECE = 32_768;

/** A TCP line to one server that carries so many bytes a second towards its callers, all connections together, and counts them. */
export class SlowLink {
  /** Bytes that the server has sent through it. */
  carried = 0;
  #freeAt = 0;
  #server = createServer({ pauseOnConnect: true }, (socket) => this.#join(socket));
  /** @type {Set<import('node:net').Socket>} */ #sockets = new Set();
  /** @type {((text: string) => void)[]} */ #listeners = [];

  /** @param {number} targetPort @param {number} bytesPerSecond Infinity does not slow it down */
  constructor(targetPort, bytesPerSecond) {
    this.targetPort = targetPort;
    this.rate = bytesPerSecond;
  }

  async start() {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    this.url = `http://127.0.0.1:${/** @type {import('node:net').AddressInfo} */ (this.#server.address()).port}`;
    return this;
  }

  async stop() {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
  }

  /** Resolves with the time at which a caller's request that looks like this passed. @param {RegExp} pattern @returns {Promise<number>} */
  seen(pattern) {
    return new Promise((resolve) => {
      const listener = (/** @type {string} */ text) => {
        if (!pattern.test(text)) return;
        this.#listeners.splice(this.#listeners.indexOf(listener), 1);
        resolve(performance.now());
      };
      this.#listeners.push(listener);
    });
  }

  /** @param {import('node:net').Socket} caller */
  #join(caller) {
    const server = connect({ port: this.targetPort, host: '127.0.0.1' });
    for (const socket of [caller, server]) {
      this.#sockets.add(socket);
      socket.setNoDelay(true);
      socket.once('close', () => this.#sockets.delete(socket));
      socket.on('error', () => undefined); // its end is passed on to the other side below
    }
    caller.once('close', () => server.destroy());
    server.once('close', () => caller.end());
    caller.on('data', (piece) => {
      for (const listener of [...this.#listeners]) listener(piece.toString('latin1'));
      if (!server.write(piece)) {
        caller.pause();
        server.once('drain', () => caller.resume());
      }
    });
    caller.resume();
    this.#carry(server, caller).catch(() => caller.destroy());
  }

  /** @param {import('node:net').Socket} server @param {import('node:net').Socket} caller */
  async #carry(server, caller) {
    for await (const piece of server) {
      for (let at = 0; at < piece.length; at += PIECE) {
        const part = piece.subarray(at, at + PIECE);
        await this.#turn(part.length);
        this.carried += part.length;
        if (!caller.write(part)) await drained(caller);
      }
    }
  }

  /** Waits until the line is free for so many bytes. @param {number} bytes */
  async #turn(bytes) {
    if (this.rate === Infinity) return;
    const now = performance.now();
    const begins = Math.max(now, this.#freeAt);
    this.#freeAt = begins + (bytes / this.rate) * 1_000;
    if (begins - now > 2) await delay(begins - now);
  }
}

/** Resolves when it takes more, or is gone. @param {import('node:net').Socket} socket */
async function drained(socket) {
  const over = new AbortController();
  try {
    await Promise.race([once(socket, 'drain', over), once(socket, 'close', over)]);
  } finally {
    over.abort();
  }
}
