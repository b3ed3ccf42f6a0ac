import { LoginAttempt } from '#libs/entities/login-attempt.entity.js';
import { Session } from '#libs/entities/session.entity.js';
import { User } from '#libs/entities/user.entity.js';
import { Clock } from '#libs/platform/clock.js';
import { Database } from '#libs/platform/database/database.js';
import { Jobs } from '#libs/platform/jobs/jobs.js';
import { PurgeExpired } from '#libs/accounts/accounts.jobs.js';
import { AdminCaller, problem } from '../support/admin-caller.js';
import { type AppInProcess, startApp } from '../support/app-in-process.js';
import { auditOf } from '../support/audit.js';
import { forEachDatabase } from '../support/databases.js';
import { eventually } from '../support/eventually.js';
import { scratchDir } from '../support/services.js';

const PASSWORD = 'vermilion otter teapot';

forEachDatabase((database) =>
  describe('two replicas', () => {
    let first: AppInProcess;
    let second: AppInProcess;
    let shiftMs = 0;
    const travel = (ms: number): void => void (shiftMs += ms);

    beforeAll(async () => {
      const dataDir = scratchDir('replicas');
      const start = (withJobs: boolean) =>
        startApp({
          dataDir,
          withJobs,
          env: { ADMIN_PASSWORD: PASSWORD, DATABASE_URL: database.url },
        });
      [first, second] = await Promise.all([start(true), start(false)]);
      for (const { app } of [first, second]) app.get(Clock).now = () => Date.now() + shiftMs;
    });
    afterAll(() => Promise.all([first.stop(), second.stop()]));

    it('made one administrator', async () => {
      expect(await first.app.get(Database).manager.count(User)).toBe(1);
    });

    it('take the same sign-in, and revoke it for each other', async () => {
      const here = new AdminCaller(first.url);
      await here.signIn({ username: 'admin', password: PASSWORD });
      const there = new AdminCaller(second.url);
      Object.assign(there, { token: here.token, cookie: here.cookie });
      expect((await there.send('GET', 'auth/me')).status).toBe(200);
      expect((await there.refresh()).status).toBe(200);
      expect((await here.send('POST', 'auth/logout')).status).toBe(204);
      expect((await there.send('GET', 'auth/me')).status).toBe(401);
      expect((await there.refresh()).status).toBe(401);
    });

    it('know a sign-in and each of its tokens from their first moment, at both', async () => {
      const turns = async (turn: number): Promise<void> => {
        const [here, there] = turn % 2 ? [first, second] : [second, first];
        const caller = new AdminCaller(here.url);
        const elsewhere = new AdminCaller(there.url);
        const take = (from: AdminCaller, to: AdminCaller) => Object.assign(to, { token: from.token, cookie: from.cookie });
        await caller.signIn({ username: 'admin', password: PASSWORD });
        for (let round = 0; round < 6; round += 1) {
          take(caller, elsewhere);
          const answers = await Promise.all(Array.from({ length: 4 }, () => elsewhere.send('GET', 'auth/me')));
          expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
          expect((await elsewhere.refresh()).status).toBe(200);
          take(elsewhere, caller);
          expect((await caller.send('GET', 'auth/me')).status).toBe(200);
        }
      };
      for (let turn = 0; turn < 12; turn += 2) await Promise.all([turns(turn), turns(turn + 1)]);
    });

    it('count parallel guesses one by one', async () => {
      const guesses = await Promise.all(
        Array.from({ length: 16 }, (_, index) =>
          new AdminCaller(index % 2 ? first.url : second.url).send('POST', 'auth/login', {
            username: 'ghost',
            password: 'x',
          }),
        ),
      );
      const statuses = guesses.map(({ status }) => status);
      expect(statuses.filter((status) => status === 401)).toHaveLength(5);
      expect(statuses.filter((status) => status !== 401 && status !== 429 && status !== 503)).toEqual([]);
      expect((await auditOf(first)).at(-1)).toMatchObject({ subject: null });
    });

    it('end a sign-in whose old refresh token comes back later: it was copied', async () => {
      const owner = new AdminCaller(first.url);
      await owner.signIn({ username: 'admin', password: PASSWORD });
      const thief = new AdminCaller(second.url);
      thief.cookie = owner.cookie;
      expect((await owner.refresh()).status).toBe(200);
      travel(31_000);
      expect((await thief.refresh()).status).toBe(401);
      expect((await owner.refresh()).status).toBe(401);
      expect((await owner.send('GET', 'auth/me')).status).toBe(401);
      expect((await auditOf(first)).at(-1)).toMatchObject({
        action: 'user.sign_in_revoked',
        subject: 'admin',
      });
    });

    it('slow down guessing together, and let the right password in after the wait', async () => {
      // An account to which this address never signed in: a known address is delayed instead.
      const guessed = { username: 'grete', password: 'seven quiet herons walk' };
      const owner = new AdminCaller(first.url);
      await owner.signIn({ username: 'admin', password: PASSWORD });
      expect((await owner.send('POST', 'users', { ...guessed, role: 'viewer' })).status).toBe(201);
      const replicas = [new AdminCaller(first.url), new AdminCaller(second.url)];
      const guess = (index: number) =>
        replicas[index % 2]!.send('POST', 'auth/login', {
          username: guessed.username,
          password: `wrong ${index}`,
        });
      for (let index = 0; index < 5; index += 1) expect((await guess(index)).status).toBe(401);
      for (const replica of replicas) {
        const blocked = await replica.send('POST', 'auth/login', guessed);
        expect(blocked.status).toBe(429);
        expect(Number(blocked.headers.get('retry-after'))).toBeGreaterThan(25);
        expect((await problem(blocked)).type).toBe('urn:ods:problem:sign-in-blocked');
      }
      const actions = (await auditOf(first)).slice(-2).map(({ action }) => action);
      expect(actions).toEqual(['user.sign_in_refused', 'user.locked_out']);
      travel(31_000);
      expect((await replicas[0]!.send('POST', 'auth/login', guessed)).status).toBe(200);
    });

    it('clear away what is over', async () => {
      const { manager } = first.app.get(Database);
      expect(await manager.count(Session)).toBeGreaterThan(0);
      expect(await manager.count(LoginAttempt)).toBeGreaterThan(0);
      travel(15 * 86_400_000);
      const caller = new AdminCaller(first.url);
      await caller.signIn({ username: 'admin', password: PASSWORD });
      await first.app.get(Jobs).add(PurgeExpired, {}, { key: 'periodic' });
      await eventually(async () => {
        expect(await manager.count(Session)).toBe(1);
        expect(await manager.count(LoginAttempt)).toBe(0);
      });
      expect((await caller.send('GET', 'auth/me')).status).toBe(200);
    });
  }),
);
