import { DatabaseUnavailable } from '#libs/migrations/migration.errors.js';
import { odsDataSource } from '#libs/migrations/ods-data-source.js';
import { prepareDatabase } from '#libs/migrations/prepare-database.js';
import { Database } from '#libs/platform/database/database.js';
import { type DataSource, openDataSource } from '#libs/platform/database/data-source.js';
import { isConflict, isConnectionLoss, isDuplicateKey } from '#libs/platform/database/transient-errors.js';
import { settingsOf } from '../../support/prepared-database.js';
import { freePort } from '../../support/services.js';
import { TdsServer } from './tds-server.js';

const deadlock = { number: 1205, message: 'Transaction was deadlocked on lock resources', rollsBack: true };

describe('the driver of SQL Server', () => {
  let server: TdsServer;
  let url: string;
  let dataSource: DataSource | undefined;
  const open = async (): Promise<Database> => {
    dataSource = await openDataSource(odsDataSource(settingsOf(url)));
    return new Database(dataSource);
  };
  const refusal = (work: Promise<unknown>): Promise<Error> =>
    work.then(
      () => new Error('nothing was refused'),
      (error: Error) => error,
    );

  beforeEach(async () => {
    server = new TdsServer();
    url = `mssql://us%40er:p%2Fw@127.0.0.1:${await server.start()}/my%20db?encrypt=false`;
  });
  afterEach(async () => {
    if (dataSource?.isInitialized) await dataSource.destroy();
    dataSource = undefined;
    await server.stop();
  });

  it('signs in as the URL says, with a name by which administrators find us', async () => {
    await (await open()).manager.query('SELECT 1');
    expect(server.logins[0]).toEqual({ user: 'us@er', password: 'p/w', database: 'my db', program: 'ods' });
  });

  it('says why it could not, and no password', async () => {
    server.refuseLogin = true;
    const error = await refusal(prepareDatabase(settingsOf(url)));
    expect(error).toBeInstanceOf(DatabaseUnavailable);
    expect(error.message).toMatch(/^The mssql database my db at 127\.0\.0\.1:\d+ cannot be opened: Login failed for user 'us@er'\./);
    expect(error.message).not.toContain('p/w');
    expect(isConnectionLoss(error.cause)).toBe(false);
  });

  it('says that the server is away, which is waited for', async () => {
    const error = await refusal(prepareDatabase(settingsOf(`mssql://ods:ods@127.0.0.1:${await freePort()}/ods`)));
    expect(error.message).toContain('Failed to connect to 127.0.0.1');
    expect(isConnectionLoss(error.cause)).toBe(true);
  });

  it('does not sign in to a server that cannot encrypt, unless encrypt=false says so', async () => {
    const error = await refusal(prepareDatabase(settingsOf(url.replace('?encrypt=false', ''))));
    expect(error.message).toContain('The server does not encrypt.');
    expect(server.logins).toEqual([]);
  });

  it('distinguishes keys that are there from other errors', async () => {
    const db = await open();
    server.reply = (_kind, text) => (text.includes('INSERT') ? { number: 2627, message: 'Violation of PRIMARY KEY constraint' } : 'done');
    const error = await refusal(db.manager.query('INSERT INTO t(a) VALUES (@0)', ['a']));
    expect([isDuplicateKey(error), isConflict(error), isConnectionLoss(error)]).toEqual([true, false, false]);
  });

  it('runs a transaction again that was ended to break a deadlock', async () => {
    const db = await open();
    server.sent.length = 0;
    let deadlocks = 1;
    server.reply = (_kind, text) => (text.includes('SELECT 2') && deadlocks-- > 0 ? deadlock : 'done');
    let tries = 0;
    await db.transaction(async () => {
      tries += 1;
      await db.manager.query('SELECT 2');
    });
    expect(tries).toBe(2);
    expect(server.sent.filter((kind) => kind === 'transaction')).toHaveLength(3); // two begin, and one of them commits
  });

  it('runs a statement again that stood alone', async () => {
    const db = await open();
    let deadlocks = 1;
    server.reply = (_kind, text) => (text.includes('SELECT 3') && deadlocks-- > 0 ? { ...deadlock, rollsBack: false } : 'done');
    await db.manager.query('SELECT 3');
    expect(deadlocks).toBeLessThan(0);
  });

  it('runs a transaction again whose connection broke, and goes on with another one', async () => {
    const db = await open();
    let cuts = 1;
    server.reply = (_kind, text) => (text.includes('SELECT 4') && cuts-- > 0 ? 'cut' : 'done');
    let tries = 0;
    await db.transaction(async () => {
      tries += 1;
      await db.manager.query('SELECT 4');
    });
    expect(tries).toBe(2);
  });

  it('loses a server that goes, and finds it when it is back', async () => {
    const db = await open();
    const { port } = new URL(url);
    await server.stop();
    const begun = performance.now();
    expect(isConnectionLoss(await refusal(db.manager.query('SELECT 6')))).toBe(true);
    expect(performance.now() - begun).toBeLessThan(5_000);
    await server.start(Number(port));
    await db.manager.query('SELECT 6');
  });

  it('has as many transactions open as it has connections', async () => {
    const db = await open();
    await Promise.all(Array.from({ length: 40 }, () => db.transaction(() => db.manager.query('SELECT 5'))));
    expect(server.logins.length).toBeLessThanOrEqual(1 + 20); // the first one only tries the settings
  });
});
