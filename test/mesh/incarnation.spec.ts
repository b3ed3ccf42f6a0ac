import { cpSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { SqliteFile } from '#libs/platform/database/sqlite-file.js';
import { eventually } from '../support/eventually.js';
import { scratchDir } from '../support/services.js';
import { TestServer } from '../support/test-server.js';
import { catalogOf, hasState, packagesOf, someBytes } from './packages.js';

interface ClockRow {
  readonly epoch: string;
  readonly seq: number;
}

function read<T>(server: TestServer, sql: string): T {
  const database = new SqliteFile(path.join(server.dataDir, 'ods.sqlite'), { readonly: true });
  try {
    return database.prepare(sql).get() as T;
  } finally {
    database.close();
  }
}
const clockOf = (server: TestServer): ClockRow => read(server, 'SELECT epoch, seq FROM catalog_clock');
const readTo = (server: TestServer): number => read<{ pulled: number }>(server, 'SELECT pulled_seq AS pulled FROM peer').pulled;

/** A hub and a firewalled server that reads it: nothing but its reading can bring it news. */
async function hubAndReader(): Promise<{ hub: TestServer; reader: TestServer }> {
  const [hub, reader] = [await TestServer.start('hub'), await TestServer.start('reader')];
  await hub.ok('POST', '/api/admin/about/update', { name: 'hub', url: hub.url });
  await reader.ok('POST', '/api/admin/about/update', { name: 'reader', url: reader.url, firewalled_mode: 'Enabled' });
  const { url, iss, key } = await hub.ok<{ url: string; iss: string; key: string }>('GET', '/api/admin/about');
  await reader.ok('POST', '/api/admin/register', { url, iss_id: iss, key });
  return { hub, reader };
}

describe('a server that gave its numbers to other changes before', () => {
  let hub: TestServer;
  let reader: TestServer;

  beforeEach(async () => {
    ({ hub, reader } = await hubAndReader());
    await hub.upload('before.pkg', someBytes(1_000));
    await hasState(reader, 'before.pkg', 'Public');
  });
  afterEach(() => Promise.all([hub.dispose(), reader.dispose()]));

  /** Writes at the hub until its numbers have passed what the reader has read. */
  const passReader = async (): Promise<void> => {
    for (let round = 0; clockOf(hub).seq <= readTo(reader); round += 1) {
      await hub.ok('PATCH', '/api/admin/packages/before.pkg', { notes: `round ${round}` });
    }
  };

  it('is read from the beginning after its data directory was put back as it was at a clean stop', async () => {
    await hub.stop();
    const copy = path.join(scratchDir('snapshot'), 'hub');
    cpSync(hub.dataDir, copy, { recursive: true });
    await hub.start();
    for (let index = 0; index < 6; index += 1) await hub.upload(`lost-${index}.pkg`, someBytes(100));
    await hasState(reader, 'lost-5.pkg', 'Public');
    await eventually(() => expect(readTo(reader)).toBe(clockOf(hub).seq));
    await reader.kill9();
    await hub.kill9();
    rmSync(hub.dataDir, { recursive: true });
    cpSync(copy, hub.dataDir, { recursive: true });
    await hub.start();
    for (let index = 0; index < 3; index += 1) await hub.upload(`new-${index}.pkg`, someBytes(100));
    await passReader();
    await reader.start();
    for (let index = 0; index < 3; index += 1) await hasState(reader, `new-${index}.pkg`, 'Public');
    await hub.logged(/was copied or put back|earlier state/);
  });

  it('is read from the beginning after the database alone was put back', async () => {
    const files = (): string[] => readdirSync(hub.dataDir).filter((name) => name.startsWith('ods.sqlite'));
    await hub.stop();
    const copy = scratchDir('database');
    for (const name of files()) cpSync(path.join(hub.dataDir, name), path.join(copy, name));
    await hub.start();
    for (let index = 0; index < 6; index += 1) await hub.upload(`lost-${index}.pkg`, someBytes(100));
    await hasState(reader, 'lost-5.pkg', 'Public');
    await reader.kill9();
    await hub.stop(); // cleanly: only the database says that something is wrong
    for (const name of files()) rmSync(path.join(hub.dataDir, name));
    for (const name of readdirSync(copy)) cpSync(path.join(copy, name), path.join(hub.dataDir, name));
    await hub.start();
    await hub.upload('new.pkg', someBytes(100));
    await passReader();
    await reader.start();
    await hasState(reader, 'new.pkg', 'Public');
  });

  it('does not take its first start for one after a crash', async () => {
    const server = await TestServer.start('first-start');
    expect(server.logs).not.toContain('stopped cleanly');
    await server.kill9(); // before anything was uploaded
    await server.start();
    expect(server.logs).toContain('This server was not stopped cleanly.');
    await server.dispose();
  });

  it('keeps its epoch over a clean stop, and gets another one after it was killed', async () => {
    const { epoch } = clockOf(hub);
    await hub.restart();
    expect(clockOf(hub).epoch).not.toBe('');
    const afterStop = clockOf(hub).epoch;
    await hub.kill9();
    await hub.start();
    expect([afterStop, clockOf(hub).epoch === epoch]).toEqual([epoch, false]);
    await hub.logged('This server was not stopped cleanly. Other servers read its changes again from the beginning.');
    await hub.upload('after.pkg', someBytes(100));
    await hasState(reader, 'after.pkg', 'Public');
    expect(await catalogOf(reader)).toEqual(await catalogOf(hub));
  });

  it('notices from a reader that an earlier state came back while it ran', async () => {
    const { epoch } = clockOf(hub);
    await eventually(() => expect(readTo(reader)).toBe(clockOf(hub).seq));
    await reader.kill9();
    const database = new SqliteFile(path.join(reader.dataDir, 'ods.sqlite'));
    database.prepare('UPDATE peer SET pulled_seq = pulled_seq + 50').run(); // as if it had received more
    database.close();
    await reader.start();
    await eventually(() => expect(clockOf(hub).epoch).not.toBe(epoch));
    await hub.upload('after.pkg', someBytes(100));
    await hasState(reader, 'after.pkg', 'Public');
    expect((await packagesOf(reader)).length).toBe(2);
  });

  it('sends no number before it is on the disk', async () => {
    await eventually(() => {
      const row = read<{ seq: number; durable: number }>(hub, 'SELECT seq, durable_seq AS durable FROM catalog_clock');
      expect(row.durable).toBe(row.seq); // also those of summaries, which are not waited for
      expect(readTo(reader)).toBe(row.seq);
    });
  });
});
