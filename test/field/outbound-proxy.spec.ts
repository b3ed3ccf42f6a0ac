import { SMTPServer } from 'smtp-server';
import type { AddressInfo } from 'node:net';
import { eventually } from '../support/eventually.js';
import { TestServer } from '../support/test-server.js';
import { Receiver } from '../webhooks/receiver.js';
import { ForwardProxy } from './forward-proxy.js';

interface Delivery {
  readonly state: string;
  readonly response_status: number | null;
  readonly last_error: string | null;
}

describe('calls through a proxy', () => {
  let proxy: ForwardProxy;
  const servers: TestServer[] = [];
  beforeEach(async () => {
    proxy = await new ForwardProxy().start();
  });
  afterEach(async () => {
    for (const server of servers.splice(0)) await server.dispose();
    await proxy.stop();
  });

  async function start(name: string, settings: Record<string, string>): Promise<TestServer> {
    const server = await TestServer.start(name, settings);
    servers.push(server);
    return server;
  }

  /** Calls of peers under a name that only the proxy knows. */
  async function registered(settings: Record<string, string>): Promise<{ near: TestServer; far: TestServer; farUrl: string }> {
    const plain = { PEER_ALLOW_HTTP: 'true' };
    const [near, far] = [await start('near', { ...plain, ...settings }), await start('far', plain)];
    const farUrl = `http://far.example.test:${far.port}`;
    await far.ok('POST', '/api/admin/about/update', { name: 'far', url: farUrl, stage: 'Prod', firewalled_mode: 'Disabled' });
    await near.ok('POST', '/api/admin/about/update', { name: 'near', url: near.url, stage: 'Prod', firewalled_mode: 'Disabled' });
    const { iss, key } = await far.ok<{ iss: string; key: string }>('GET', '/api/admin/about');
    await near.ok('POST', '/api/admin/register', { url: farUrl, iss_id: iss, key });
    return { near, far, farUrl };
  }

  it.each([
    ['HTTP_PROXY', (url: string) => ({ HTTP_PROXY: url })],
    ['http_proxy in small letters', (url: string) => ({ http_proxy: url })],
    ['PEER_PROXY', (url: string) => ({ PEER_PROXY: url })],
    ['HTTP_PROXY without a scheme', (url: string) => ({ HTTP_PROXY: url.replace('http://', '') })],
  ])('reach peers, with their packages: %s', async (_name, settings) => {
    const { near, far, farUrl } = await registered(settings(proxy.url));
    const content = Buffer.alloc(3 * 2 ** 20, 5);
    await far.upload('from-far.pkg', content);
    expect((await near.downloaded('from-far.pkg')).equals(content)).toBe(true);
    await near.upload('from-near.pkg', 'x');
    await far.downloaded('from-near.pkg');
    expect(proxy.asked.some((line) => line.startsWith(`POST ${farUrl}/api/ods/register`))).toBe(true);
    expect(proxy.asked.some((line) => /^GET .*\/content/.test(line))).toBe(true);
  });

  it('say what a proxy wants that asks for a password, and give it', async () => {
    proxy.authorization = `Basic ${Buffer.from('ods:s3cret').toString('base64')}`;
    const near = await start('near', { PEER_ALLOW_HTTP: 'true', HTTP_PROXY: proxy.url });
    const refused = await near.api<{ detail: string }>('POST', '/api/admin/register', {
      url: 'http://far.example.test:9',
      iss_id: 'a'.repeat(32),
      key: Buffer.alloc(32, 1).toString('base64'),
    });
    expect(refused.body.detail).toMatch(/set its|name|URL|proxy/i);
    const { near: second } = await registered({ HTTP_PROXY: proxy.url.replace('http://', 'http://ods:s3cret@') });
    expect(second.logs).not.toContain('s3cret');
  });

  it('carry webhooks over CONNECT and plainly, and not those of NO_PROXY', async () => {
    const receiver = await new Receiver().start();
    const server = await start('hooks', {
      HTTP_PROXY: proxy.url,
      HTTPS_PROXY: proxy.url,
      NO_PROXY: 'direct.example.test',
      WEBHOOK_ALLOW_LOCAL: 'true',
    });
    const test = async (url: string): Promise<Delivery> => {
      const { id } = await server.ok<{ id: number }>('POST', '/api/admin/webhooks', { name: url.slice(0, 90), url });
      await server.ok('POST', `/api/admin/webhooks/${id}/test`);
      return eventually(async () => {
        const { items } = await server.ok<{ items: (Delivery & { attempts: number })[] }>('GET', `/api/admin/webhooks/${id}/deliveries`);
        if (!items[0] || items[0].attempts === 0) throw new Error('not tried yet');
        return items[0];
      });
    };
    expect(await test(`http://hooks.example.test:${receiver.port}/in`)).toMatchObject({ state: 'delivered', response_status: 204 });
    expect(receiver.at('in')).toHaveLength(1);
    expect(proxy.asked).toContain(`POST http://hooks.example.test:${receiver.port}/in`);
    const secure = await test(`https://hooks.example.test:${receiver.port}/in`); // its receiver speaks no TLS
    expect([secure.response_status, proxy.asked.at(-1)]).toEqual([null, `CONNECT hooks.example.test:${receiver.port}`]);
    const before = proxy.asked.length;
    expect((await test(`http://direct.example.test:${receiver.port}/in`)).last_error).toMatch(/ENOTFOUND|EAI_AGAIN/);
    expect((await test(receiver.urlOf('loopback'))).state).toBe('delivered');
    expect(proxy.asked.length).toBe(before);
    receiver.stop();
  });

  it('carry e-mail by MAIL_PROXY alone', async () => {
    const mails: string[] = [];
    const smtp = new SMTPServer({
      ...{ authOptional: true, disabledCommands: ['STARTTLS'] },
      onData: (stream, _session, done) => {
        let text = '';
        stream.on('data', (piece: Buffer) => (text += piece.toString()));
        stream.on('end', () => {
          mails.push(text);
          done();
        });
      },
    });
    await new Promise<void>((resolve) => smtp.listen(0, '127.0.0.1', resolve));
    const { port } = smtp.server.address() as AddressInfo;
    const settings = {
      ...{ enabled: true, host: 'mail.example.test', port, security: 'none', verify_certificate: false, username: null },
      ...{ sender: 'ods@example.test', recipients: ['ann@example.test'], events: ['package.synced'], digest_minutes: 5 },
    };
    const server = await start('mail', { MAIL_PROXY: proxy.url });
    await server.ok('PUT', '/api/admin/notifications/email', settings);
    await server.ok('POST', '/api/admin/notifications/email/test');
    expect([mails.length, proxy.asked]).toEqual([1, [`CONNECT mail.example.test:${port}`]]);
    await new Promise<void>((resolve) => smtp.close(() => resolve()));
  });
});
