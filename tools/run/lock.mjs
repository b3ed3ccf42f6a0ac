import { createHash } from 'node:crypto';
import { rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import path from 'node:path';
import { root } from './root.mjs';
import { say } from './step.mjs';

const name = `ods-build-${createHash('sha256').update(`${userInfo().username}\n${root}`).digest('hex').slice(0, 24)}`;
const address =
  {
    linux: `\0${name}`, // abstract: nothing on disk that a killed process could leave behind
    win32: `\\\\.\\pipe\\${name}`,
  }[process.platform] ?? path.join(tmpdir(), `${name}.sock`);

/**
 * Only one process of this checkout installs or builds at a time; others wait for it.
 * The lock is a listening socket, so that the system itself takes it back from a process that dies.
 * @template T @param {() => Promise<T>} work @returns {Promise<T>}
 */
export async function whileLocked(work) {
  let server = await listen();
  for (let isSaid = false; server === null; server = await listen()) {
    if (!isSaid) say('… Another process builds this checkout: waiting for it');
    isSaid = true;
    await whileHeld();
  }
  try {
    return await work();
  } finally {
    for (const socket of server.waiting) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  }
}

/** @returns {Promise<(import('node:net').Server & { waiting: Set<import('node:net').Socket> }) | null>} null when another process holds it */
function listen() {
  const waiting = new Set();
  const server = Object.assign(createServer(), { waiting });
  server.on('connection', (socket) => {
    waiting.add(socket);
    socket.once('close', () => waiting.delete(socket)).on('error', () => undefined); // the other end just left
  });
  return new Promise((resolve, reject) => {
    server.once('error', (error) => (error.code === 'EADDRINUSE' ? resolve(null) : reject(error)));
    server.listen(address, () => resolve(server));
  });
}

/** Resolves when the holder lets go or dies. */
function whileHeld() {
  return new Promise((resolve) => {
    const socket = connect(address);
    socket.once('close', resolve).on('error', (error) => {
      if (error.code === 'ECONNREFUSED' && path.isAbsolute(address)) rmSync(address, { force: true }); // left by a killed process
    });
    socket.resume();
  });
}
