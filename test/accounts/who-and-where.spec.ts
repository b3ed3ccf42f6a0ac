import { Agent, request } from 'node:http';
import { AuditEvent } from '#libs/entities/audit-event.entity.js';
import { Database } from '#libs/platform/database/database.js';
import { type AppInProcess, startApp } from '../support/app-in-process.js';
import { eventually } from '../support/eventually.js';

describe('behind a proxy', () => {
  let server: AppInProcess;
  const oneConnection = new Agent({ keepAlive: true, maxSockets: 1 });
  beforeAll(async () => {
    server = await startApp({
      env: { TRUST_PROXY: 'true', ADMIN_PASSWORD: 'vermilion otter teapot' },
    });
  });
  afterAll(async () => {
    oneConnection.destroy();
    await server.stop();
  });

  /** Signs in from `address`; the body comes in two pieces, the second when the first was surely read. */
  const signIn = (address: string, agent?: Agent): Promise<{ status: number; requestId: string }> =>
    new Promise((resolve, reject) => {
      const body = JSON.stringify({ username: `ghost at ${address}`, password: 'wrong' });
      const call = request(`${server.url}/api/admin/auth/login`, {
        method: 'POST',
        agent,
        headers: {
          'content-type': 'application/json',
          'content-length': body.length,
          'x-forwarded-for': address,
        },
      });
      call.on('error', reject);
      call.on('response', (response) => {
        response.resume().on('end', () => {
          resolve({
            status: response.statusCode!,
            requestId: String(response.headers['x-request-id']),
          });
        });
      });
      call.write(body.slice(0, 10));
      setTimeout(() => call.end(body.slice(10)), 50);
    });

  it('the trail names the address and the request of each caller, also when bodies arrive slowly', async () => {
    const addresses = ['192.0.2.1', '192.0.2.2', '192.0.2.3', '192.0.2.4'];
    const [first, second, ...parallel] = addresses as [string, string, ...string[]];
    const answers = [
      await signIn(first, oneConnection),
      await signIn(second, oneConnection),
      ...(await Promise.all(parallel.map((address) => signIn(address)))),
    ];
    expect(answers.map(({ status }) => status)).toEqual([401, 401, 401, 401]);
    const events = await eventually(async () => {
      const found = await server.app.get(Database).manager.find(AuditEvent, { where: { action: 'user.sign_in_refused' } });
      expect(found).toHaveLength(4);
      return found;
    });
    const byAddress = new Map(events.map(({ address, requestId }) => [address, requestId]));
    expect(addresses.map((address) => byAddress.get(address))).toEqual(answers.map(({ requestId }) => requestId));
  });

  it('believes the proxy, and not what the client put before it', async () => {
    const { requestId } = await signIn('203.0.113.66, 192.0.2.77');
    const { manager } = server.app.get(Database);
    expect(await manager.findOneBy(AuditEvent, { requestId })).toMatchObject({
      address: '192.0.2.77',
    });
  });

  it('keeps the refresh cookie on TLS when the browser came over TLS', async () => {
    const cookieOver = async (protocol: string) => {
      const response = await fetch(`${server.url}/api/admin/auth/login`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-forwarded-proto': protocol },
        body: JSON.stringify({ username: 'admin', password: 'vermilion otter teapot' }),
      });
      expect(response.status).toBe(200);
      return response.headers.getSetCookie()[0];
    };
    expect(await cookieOver('https')).toMatch(/; Secure/);
    expect(await cookieOver('http')).not.toMatch(/; Secure/);
  });
});
