import { KnownAddressRepository } from '#libs/accounts/known-address.repository.js';
import { LoginAttemptRepository } from '#libs/accounts/login-attempt.repository.js';
import { SignInBlocked } from '#libs/accounts/accounts.errors.js';
import { type Attempt, SignInThrottle } from '#libs/accounts/sign-in-throttle.js';
import { prepareDatabase } from '#libs/migrations/prepare-database.js';
import { Clock } from '#libs/platform/clock.js';
import { Database } from '#libs/platform/database/database.js';
import type { DataSource } from 'typeorm';

const MINUTE = 60_000;

describe('SignInThrottle', () => {
  let dataSource: DataSource;
  let throttle: SignInThrottle;
  let now = 1_700_000_000_000;
  beforeEach(async () => {
    dataSource = await prepareDatabase({ kind: 'sqlite', file: ':memory:' });
    const db = new Database(dataSource);
    throttle = new SignInThrottle(
      db,
      new LoginAttemptRepository(db),
      new KnownAddressRepository(db),
      Object.assign(new Clock(), { now: () => now }),
    );
  });
  afterEach(() => dataSource.destroy());

  const of = (account: string, address = '192.0.2.1'): Attempt => ({ account, address });
  const fail = async (times: number, attempt: Attempt): Promise<void> => {
    for (let count = 0; count < times; count += 1) await throttle.charge(attempt);
  };
  const waitSeconds = async (attempt: Attempt): Promise<number> => {
    try {
      await throttle.admit(attempt);
      return 0;
    } catch (error) {
      expect(error).toBeInstanceOf(SignInBlocked);
      return (error as SignInBlocked).retryAfterSeconds;
    }
  };

  it('blocks an account for one address after five wrong passwords there, longer with each further one', async () => {
    await fail(4, of('anna'));
    expect(await waitSeconds(of('anna'))).toBe(0);
    expect(await throttle.charge(of('anna'))).toEqual({ blockedMs: 30_000, startsBlock: true });
    expect(await waitSeconds(of('anna'))).toBe(30);
    await expect(throttle.charge(of('anna'))).rejects.toThrow(SignInBlocked);
    now += 30_000;
    expect(await throttle.charge(of('anna'))).toEqual({ blockedMs: 60_000, startsBlock: false });
    expect(await waitSeconds(of('anna'))).toBe(60);
    expect(await waitSeconds(of('bert', '198.51.100.1'))).toBe(0);
  });

  it('does not lock an account for other addresses because of one that guesses', async () => {
    await fail(5, of('anna'));
    expect(await waitSeconds(of('anna', '198.51.100.1'))).toBe(0);
  });

  it('blocks an account for addresses that are not known when a crowd of them guesses', async () => {
    for (let address = 1; address <= 100; address += 1) await fail(1, of('anna', `192.0.2.${address}`));
    expect(await waitSeconds(of('anna', '198.51.100.1'))).toBe(30);
  });

  describe('an address that has signed in before', () => {
    const home = '203.0.113.5';
    beforeEach(() => throttle.forgive(of('anna', home), 1));

    it('is not kept out by guesses from anywhere, its own network included', async () => {
      for (let address = 1; address <= 120; address += 1) await fail(1, of('anna', `192.0.2.${address}`)).catch(() => undefined);
      for (let name = 0; name < 40; name += 1) await fail(1, of(`user ${name}`, home)).catch(() => undefined);
      expect(await waitSeconds(of('anna', '198.51.100.1'))).toBeGreaterThan(0);
      expect(await waitSeconds(of('someone', home))).toBeGreaterThan(0);
      await throttle.admit(of('anna', home));
      await expect(throttle.charge(of('anna', home))).resolves.toEqual({ blockedMs: 0, startsBlock: false });
    });

    it('is delayed by its own wrong passwords, one attempt after the other, and never shut out', async () => {
      await fail(7, of('anna', home));
      const begun = performance.now();
      for (let attempt = 0; attempt < 2; attempt += 1) await throttle.admit(of('anna', home)); // the clock of the test stands still
      expect(performance.now() - begun).toBeGreaterThan(1_900);
      now += 60_000;
      await throttle.admit(of('anna', home));
    });

    it('is forgotten after 90 days', async () => {
      now += 91 * 24 * 60 * MINUTE;
      await fail(5, of('anna', home));
      expect(await waitSeconds(of('anna', home))).toBe(30);
    });

    it('is not known for the accounts of others', async () => {
      await fail(5, of('bert', home));
      expect(await waitSeconds(of('bert', home))).toBe(30);
    });
  });

  it('counts nothing while blocked', async () => {
    await fail(5, of('anna'));
    for (let knock = 0; knock < 50; knock += 1) await expect(throttle.charge(of('anna'))).rejects.toThrow(SignInBlocked);
    now += 30_000;
    expect(await waitSeconds(of('anna'))).toBe(0);
  });

  it('blocks an address that guesses at many accounts', async () => {
    for (let count = 0; count < 20; count += 1) await fail(1, of(`user ${count}`));
    expect(await waitSeconds(of('someone else'))).toBe(30);
    expect(await waitSeconds(of('someone else', '198.51.100.1'))).toBe(0);
  });

  it('takes a whole IPv6 network for one address', async () => {
    for (let count = 0; count < 20; count += 1) await fail(1, of(`user ${count}`, `2001:db8::${count + 1}`));
    expect(await waitSeconds(of('someone else', '2001:db8::ffff'))).toBe(30);
    expect(await waitSeconds(of('someone else', '2001:db8:0:1::1'))).toBe(0);
  });

  it('forgives the account all after the right password, the address only that attempt', async () => {
    for (let count = 0; count < 19; count += 1) await fail(1, of(`user ${count}`));
    await fail(1, of('attacker'));
    await throttle.forgive(of('attacker'), 1);
    expect(await waitSeconds(of('attacker'))).toBe(0);
    await fail(1, of('victim'));
    expect(await waitSeconds(of('another victim'))).toBe(30);
  });

  it('starts over after an hour of peace', async () => {
    await fail(4, of('anna'));
    now += 61 * MINUTE;
    await fail(4, of('anna'));
    expect(await waitSeconds(of('anna'))).toBe(0);
  });

  it('counts parallel attempts one by one', async () => {
    const attempts = await Promise.allSettled(Array.from({ length: 30 }, () => throttle.charge(of('anna'))));
    expect(attempts.filter(({ status }) => status === 'fulfilled')).toHaveLength(5);
  });
});
