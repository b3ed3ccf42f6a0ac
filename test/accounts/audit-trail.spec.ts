import { AuditEventRepository } from '#libs/audit/audit-event.repository.js';
import { AuditTrail } from '#libs/audit/audit-trail.js';
import { AuditEvent } from '#libs/entities/audit-event.entity.js';
import { prepareDatabase } from '#libs/migrations/prepare-database.js';
import { Clock } from '#libs/platform/clock.js';
import { Database } from '#libs/platform/database/database.js';
import { actAs, withRequestContext } from '#libs/platform/logging/request-context.js';
import type { DataSource } from 'typeorm';

describe('AuditTrail', () => {
  let dataSource: DataSource;
  let db: Database;
  let trail: AuditTrail;
  beforeEach(async () => {
    dataSource = await prepareDatabase({ kind: 'sqlite', file: ':memory:' });
    db = new Database(dataSource);
    trail = new AuditTrail(new AuditEventRepository(db), Object.assign(new Clock(), { now: () => 1_700_000_000_000 }));
  });
  afterEach(() => dataSource.destroy());
  const events = (): Promise<AuditEvent[]> => db.manager.find(AuditEvent);

  it('names the caller, the address and the request', async () => {
    await withRequestContext({ requestId: 'r1', address: '192.0.2.1' }, async () => {
      actAs({ kind: 'user', name: 'anna' });
      await trail.record({
        action: 'package.deleted',
        subject: 'a.pkg',
        details: { stage: 'Prod' },
      });
    });
    expect(await events()).toEqual([
      {
        id: 1,
        atMs: 1_700_000_000_000,
        actorKind: 'user',
        actor: 'anna',
        action: 'package.deleted',
        subject: 'a.pkg',
        details: { stage: 'Prod' },
        address: '192.0.2.1',
        requestId: 'r1',
      },
    ]);
  });

  it('names the server itself for work without a caller', async () => {
    actAs({ kind: 'user', name: 'unlogged' });
    await trail.record({ action: 'package.retired' });
    expect(await events()).toMatchObject([
      {
        actorKind: 'system',
        actor: 'system',
        subject: null,
        details: null,
        address: null,
        requestId: null,
      },
    ]);
  });

  it('keeps callers apart that are served at once', async () => {
    const call = (name: string) =>
      withRequestContext({ requestId: name, address: null }, async () => {
        await db.manager.query('SELECT 1');
        actAs({ kind: 'user', name });
        await db.manager.query('SELECT 1');
        await trail.record({ action: 'x' });
      });
    await Promise.all(['anna', 'bert', 'cara'].map(call));
    const found = await events();
    expect(found).toHaveLength(3);
    for (const { actor, requestId } of found) expect(actor).toBe(requestId);
  });

  it('is undone with the change it belongs to', async () => {
    const change = db.transaction(async () => {
      await trail.record({ action: 'x' });
      throw new Error('the change failed');
    });
    await expect(change).rejects.toThrow('the change failed');
    expect(await events()).toEqual([]);
  });

  it('cuts what is longer than its column', async () => {
    const actor = { kind: 'peer', name: 'p'.repeat(500) } as const;
    await withRequestContext({ requestId: 'r', address: 'a'.repeat(500) }, () =>
      trail.record({ action: 'x', subject: 's'.repeat(500), actor }),
    );
    const [event] = await events();
    expect([event!.actor.length, event!.subject!.length, event!.address!.length]).toEqual([128, 255, 64]);
  });
});
