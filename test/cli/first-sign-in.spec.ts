import { jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { Clock } from '#libs/platform/clock.js';
import { type AppInProcess, startApp } from '../support/app-in-process.js';
import { findCommand } from '../support/programs.mjs';
import { scratchDir } from '../support/services.js';

const program = path.resolve(import.meta.dirname, '../../bin/ods');
const FIRST = 'ods1234!';
const OWN = 'four calm otters swim';
const MINUTE = 60_000;

/** Passes everything on as a load balancer does for a client elsewhere. */
async function loadBalancer(port: number): Promise<Server> {
  const server = createServer((call, answer) => {
    const headers = { ...call.headers, 'x-forwarded-for': '203.0.113.9' };
    const onward = request({ host: '127.0.0.1', port, path: call.url, method: call.method, headers, agent: false }, (response) => {
      answer.writeHead(response.statusCode!, response.headers);
      response.pipe(answer);
    });
    call.pipe(onward);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

describe('the first sign-in with ods from another machine', () => {
  const home = scratchDir('cli-first');
  const logged: string[] = [];
  let server: AppInProcess;
  let balancer: Server;
  let url: string;

  const ods = async (args: readonly string[], input = ''): Promise<{ code: number | null; out: string; error: string }> => {
    const child = spawn(process.execPath, [program, ...args], { env: { PATH: process.env['PATH'], XDG_CONFIG_HOME: home } });
    child.stdin.end(input);
    const [out, error] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
    return { code: child.exitCode, out, error };
  };
  const codeInLog = (): string => /the code ([A-Z0-9-]+)/.exec(logged.join('\n'))![1]!;

  beforeAll(async () => {
    jest.spyOn(Logger.prototype, 'warn').mockImplementation((line: unknown) => void logged.push(String(line)));
    server = await startApp({ env: { TRUST_PROXY: 'true' } });
    server.app.get(Clock).now = () => Date.now() + 16 * MINUTE;
    balancer = await loadBalancer(Number(new URL(server.url).port));
    url = `http://127.0.0.1:${(balancer.address() as AddressInfo).port}`;
  });
  afterAll(async () => {
    jest.restoreAllMocks();
    balancer.close();
    await server.stop();
  });

  it('says that a code is needed, and how it is given', async () => {
    expect(await ods(['login', url], FIRST)).toMatchObject({ code: 1, error: expect.stringContaining('--code CODE') });
    expect(await ods(['login', url, '--code', 'AAAA-AAAA-AAAA'], `${FIRST}\n${OWN}`)).toMatchObject({
      code: 1,
      error: expect.stringContaining('--code'),
    });
  });

  it('needs a password of its own, too, and does not use the code up without one', async () => {
    const { code, error } = await ods(['login', url, '--code', codeInLog()], `${FIRST}\n`);
    expect([code, error]).toEqual([1, expect.stringContaining('second line of standard input')]);
  });

  it('works with both, and signs in', async () => {
    expect(await ods(['login', url, '--code', codeInLog()], `${FIRST}\n${OWN}\n`)).toMatchObject({ code: 0, error: '' });
    expect((await ods(['list'])).code).toBe(0);
    expect(await ods(['login', url], OWN)).toMatchObject({ code: 0, error: '' }); // again: another token
  });

  (findCommand('script') === null ? it.skip : it)('asks at a terminal, where lines that were typed ahead count too', async () => {
    const own = await startApp();
    try {
      const command = `${process.execPath} ${program} login ${own.url}`;
      const env = { PATH: process.env['PATH'], XDG_CONFIG_HOME: scratchDir('cli-terminal') };
      const child = spawn('script', ['-qec', command, '/dev/null'], { env });
      child.stdin.end([FIRST, OWN, OWN, ''].join('\r'));
      const [out] = await Promise.all([text(child.stdout), once(child, 'close')]);
      expect([child.exitCode, out]).toEqual([
        0,
        expect.stringMatching(/Password of admin: [\s\S]*New password: [\s\S]*once more: [\s\S]*Signed in/),
      ]);
    } finally {
      await own.stop();
    }
  });
});
