import { jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { User } from '#libs/entities/user.entity.js';
import { Clock } from '#libs/platform/clock.js';
import { Database } from '#libs/platform/database/database.js';
import { AdminCaller } from '../support/admin-caller.js';
import { type AppInProcess, startApp } from '../support/app-in-process.js';
import { scratchDir } from '../support/services.js';

const usersOf = async (dataDir: string, env: Record<string, string> = {}, change?: (db: Database) => Promise<unknown>): Promise<User[]> => {
  const server = await startApp({ dataDir, env });
  try {
    const db = server.app.get(Database);
    const users = await db.manager.find(User, { order: { id: 'ASC' } });
    await change?.(db);
    return users;
  } finally {
    await server.stop();
  }
};

describe('the first administrator', () => {
  it('must change the password that everybody knows', async () => {
    const [admin, ...others] = await usersOf(scratchDir('first'));
    expect(others).toEqual([]);
    expect(admin).toMatchObject({
      username: 'admin',
      role: 'admin',
      mustChangePassword: true,
      disabled: false,
    });
    expect(admin!.passwordHash).toMatch(/^\$scrypt\$/);
  });

  it('has ADMIN_PASSWORD when it is given, and keeps it when it is given another one later', async () => {
    const dataDir = scratchDir('first');
    const [made] = await usersOf(dataDir, { ADMIN_PASSWORD: 'vermilion otter teapot' });
    expect(made).toMatchObject({ mustChangePassword: false });
    expect(await usersOf(dataDir, { ADMIN_PASSWORD: 'another otter teapot' })).toEqual([made]);
  });

  it.each(['ods1234!', 'short', 'password12345!'])('must change ADMIN_PASSWORD %s at the first sign-in', async (ADMIN_PASSWORD) => {
    const server = await startApp({ env: { ADMIN_PASSWORD } });
    try {
      const credentials = { username: 'admin', password: ADMIN_PASSWORD };
      const answer = await new AdminCaller(server.url).signIn(credentials);
      expect(answer).toMatchObject({ password_change_required: true });
    } finally {
      await server.stop();
    }
  });

  it('does not come back once renamed', async () => {
    const dataDir = scratchDir('first');
    await usersOf(dataDir, {}, (db) => db.manager.update(User, { username: 'admin' }, { username: 'anna', usernameKey: 'anna' }));
    expect((await usersOf(dataDir)).map(({ username }) => username)).toEqual(['anna']);
  });

  describe('with the password that everybody knows', () => {
    const MINUTE = 60_000;
    const credentials = { username: 'admin', password: 'ods1234!' };
    let server: AppInProcess;
    let logged: string[];
    beforeEach(() => {
      logged = [];
      jest.spyOn(Logger.prototype, 'warn').mockImplementation((line: unknown) => void logged.push(String(line)));
    });
    afterEach(async () => {
      jest.restoreAllMocks();
      await server.stop();
    });

    const start = async (env: Record<string, string> = {}): Promise<void> => void (server = await startApp({ env }));
    const later = (ms: number): void => {
      server.app.get(Clock).now = () => Date.now() + ms;
    };
    const signIn = async (headers: Record<string, string> = {}, body: object = {}): Promise<[number, string]> => {
      const response = await fetch(`${server.url}/api/admin/auth/login`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify({ ...credentials, ...body }),
      });
      return [response.status, String(((await response.json()) as { type?: string }).type ?? '').replace('urn:ods:problem:', '')];
    };
    const far = { 'x-forwarded-for': '203.0.113.9' };
    const refused = [403, 'first-sign-in-elsewhere'];
    const codeInLog = (): string => /the code ([A-Z0-9-]+)/.exec(logged.join('\n'))![1]!;

    it('signs in on this machine at any time, and from elsewhere in the first 15 minutes only', async () => {
      await start({ TRUST_PROXY: 'true' });
      expect(await signIn(far)).toEqual([200, '']);
      later(14 * MINUTE);
      expect(await signIn(far)).toEqual([200, '']);
      later(16 * MINUTE);
      expect(await signIn(far)).toEqual(refused);
      expect(await signIn()).toEqual([200, '']);
      expect(await signIn({ 'x-forwarded-for': '127.0.0.1' })).toEqual([200, '']);
      expect(await signIn({ 'x-forwarded-for': '127.0.0.1, 203.0.113.9' })).toEqual(refused);
      expect(await signIn({ 'x-real-ip': '203.0.113.9' })).toEqual(refused);
    });

    it('is not on this machine because an untrusted proxy is', async () => {
      await start();
      later(16 * MINUTE);
      expect(await signIn(far)).toEqual(refused);
      expect(await signIn({ 'x-forwarded-for': '127.0.0.1' })).toEqual(refused);
      expect(await signIn({ forwarded: 'for=127.0.0.1' })).toEqual(refused);
      expect(await signIn()).toEqual([200, '']);
    });

    it('signs in from elsewhere with the code of the log, once', async () => {
      await start({ TRUST_PROXY: 'true' });
      later(16 * MINUTE);
      const code = codeInLog();
      expect(await signIn(far, { code: 'AAAA-AAAA-AAAA' })).toEqual(refused);
      expect(await signIn(far, { code: ` ${code.toLowerCase()} ` })).toEqual([200, '']);
      expect(await signIn(far, { code })).toEqual(refused);
    });

    it('says the same about an account that has another password', async () => {
      await start({ TRUST_PROXY: 'true', ADMIN_PASSWORD: 'vermilion otter teapot' });
      later(16 * MINUTE);
      expect(await signIn(far)).toEqual(refused);
      expect(await signIn(far, { username: 'ghost' })).toEqual(refused);
      expect(await signIn(far, { password: 'vermilion otter teapot' })).toEqual([200, '']);
      expect(logged.join('')).not.toContain('the code');
    });
  });
});
