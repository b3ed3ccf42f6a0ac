import { In, Like, MoreThan } from 'typeorm';
import { CatalogClock } from '#libs/entities/catalog-clock.entity.js';
import { Content } from '#libs/entities/content.entity.js';
import { Job } from '#libs/entities/job.entity.js';
import { Package } from '#libs/entities/package.entity.js';
import { Peer } from '#libs/entities/peer.entity.js';
import { ResumableUpload } from '#libs/entities/resumable-upload.entity.js';
import { SeenToken } from '#libs/entities/seen-token.entity.js';
import { Server } from '#libs/entities/server.entity.js';
import { Session } from '#libs/entities/session.entity.js';
import { Transfer } from '#libs/entities/transfer.entity.js';
import type { Database } from '#libs/platform/database/database.js';
import { isCorruption } from '#libs/platform/database/transient-errors.js';

export type StoredContent = Pick<Content, 'uuid' | 'filename' | 'size' | 'sha256' | 'state'>;

/** A column that holds secrets, by its names in the database, and what they were sealed for. */
export interface SealedColumn {
  readonly table: string;
  readonly key: string;
  readonly column: string;
  readonly purpose: string;
}

const ROW = { id: 1 };
const BATCH = 500;

/** The queries of server-side maintenance: what no service of the running server needs. */
export class MaintenanceRepository {
  constructor(private readonly db: Database) {}

  /** What SQLite finds wrong with its file (PRAGMA quick_check); null when it is well, or when a database server looks after it. */
  async damage(): Promise<string | null> {
    if (this.db.kind !== 'sqlite') return null;
    try {
      const rows = (await this.db.manager.query('PRAGMA quick_check(3)')) as { quick_check: string }[];
      return (
        rows
          .map((row) => row.quick_check)
          .filter((text) => text !== 'ok')
          .join('; ') || null
      );
    } catch (error) {
      if (isCorruption(error)) return (error as Error).message;
      throw error;
    }
  }

  server(): Promise<Server | null> {
    return this.db.manager.findOneBy(Server, ROW);
  }

  /** No server was ever here: it has neither an identity nor contents. */
  async isEmpty(): Promise<boolean> {
    return (await this.server()) === null && !(await this.db.manager.existsBy(Content, {}));
  }

  /** Contents whose bytes should be on this disk. */
  async storedContents(): Promise<StoredContent[]> {
    const select = { uuid: true, filename: true, size: true, sha256: true, state: true } as const;
    const all: StoredContent[] = [];
    for (let after = ''; ;) {
      const where = { uuid: MoreThan(after), state: In(['held', 'withdrawn', 'superseded']) };
      const rows = await this.db.manager.find(Content, { select, where, order: { uuid: 'ASC' }, take: BATCH });
      all.push(...rows.map(({ uuid, filename, size, sha256, state }) => ({ uuid, filename, size, sha256, state })));
      const last = rows.at(-1);
      if (!last) return all;
      after = last.uuid;
    }
  }

  /** The contents that there is any record of, in whatever state. */
  async knownUuids(): Promise<ReadonlySet<string>> {
    const rows = await this.db.manager.find(Content, { select: { uuid: true } });
    return new Set(rows.map(({ uuid }) => uuid));
  }

  troubledPackages(): Promise<Pick<Package, 'filename' | 'status'>[]> {
    const where = { status: In(['Failed', 'Quarantined']) };
    return this.db.manager.find(Package, { select: { filename: true, status: true }, where, take: 50, order: { id: 'ASC' } });
  }

  /** Whether a package of the share looks like one. */
  hasDiskImages(): Promise<boolean> {
    return this.db.manager.existsBy(Package, { filenameKey: Like('%.dmg'), space: '', deleted: false });
  }

  failedJobs(): Promise<Pick<Job, 'type' | 'lastError'>[]> {
    return this.db.manager.find(Job, { where: { state: 'failed' }, take: 50, order: { dueMs: 'DESC' } });
  }

  async firstDueMs(): Promise<number | null> {
    const [first] = await this.db.manager.find(Job, { where: { state: 'due' }, order: { dueMs: 'ASC' }, take: 1 });
    return first?.dueMs ?? null;
  }

  peers(): Promise<Peer[]> {
    return this.db.manager.find(Peer, { order: { id: 'ASC' } });
  }

  transaction<T>(work: () => Promise<T>): Promise<T> {
    return this.db.transaction(work);
  }

  /** What the column holds, each with the key of its row. */
  async sealedValues({ table, key, column }: SealedColumn): Promise<{ key: unknown; sealed: string }[]> {
    const rows = await this.db.manager
      .createQueryBuilder()
      .select(`held.${key}`, 'row_key')
      .addSelect(`held.${column}`, 'sealed')
      .from(table, 'held')
      .where(`held.${column} IS NOT NULL`)
      .getRawMany<{ row_key: unknown; sealed: string | Buffer }>();
    return rows.map((row) => ({ key: row.row_key, sealed: row.sealed.toString('utf8') }));
  }

  /** Unless it was changed meanwhile: what is newer is under the new key already. */
  async replaceSealed({ table, key, column }: SealedColumn, row: unknown, seen: string, sealed: string): Promise<void> {
    const isBytes = this.metadataOf(table).columns.find(({ databaseName }) => databaseName === column)?.type === (Buffer as unknown);
    const asStored = (text: string): string | Buffer => (isBytes ? Buffer.from(text) : text);
    await this.db.manager
      .createQueryBuilder()
      .update(table)
      .set({ [this.propertyOf(table, column)]: asStored(sealed) })
      .where(`${key} = :row AND ${column} = :seen`, { row, seen: asStored(seen) })
      .execute();
  }

  /** Columns of text in which something is encrypted under one of these keys, as `table.column`. */
  async columnsSealedUnder(keyIds: readonly string[]): Promise<string[]> {
    const found: string[] = [];
    for (const { tableName, columns } of this.db.manager.dataSource.entityMetadatas) {
      for (const { databaseName, type } of columns) {
        if (type !== 'text' && type !== 'varchar') continue;
        for (const id of keyIds) {
          const query = this.db.manager.createQueryBuilder().select('1', 'one').from(tableName, 'held');
          const row: unknown = await query
            .where(`held.${databaseName} LIKE :start`, { start: `v1.${id}.%` })
            .limit(1)
            .getRawOne();
          if (row) found.push(`${tableName}.${databaseName}`);
        }
      }
    }
    return found;
  }

  /**
   * What must not be believed after an older state came back: how far others have read us and we them, sign-ins that ended
   * since, work that was in progress. A new epoch makes every peer read from the beginning; the clock only goes forward.
   */
  async forgetTheFuture(epoch: string, now: number): Promise<void> {
    const { manager } = this.db;
    const clock = await manager.findOneByOrFail(CatalogClock, ROW);
    await manager.update(CatalogClock, ROW, { epoch, wallMs: Math.max(clock.wallMs, now), counter: clock.counter });
    const unread = { pulledEpoch: null, pulledSeq: 0, ackedEpoch: null, ackedSeq: 0 };
    await manager.createQueryBuilder().update(Peer).set(unread).execute();
    await manager.createQueryBuilder().delete().from(Session).execute();
    await manager.createQueryBuilder().delete().from(SeenToken).execute();
    await manager.createQueryBuilder().delete().from(ResumableUpload).execute(); // their bytes are in no backup
    await manager.update(Job, { state: 'running' }, { state: 'due', lease: null, dueMs: now, again: false });
    await manager.update(Transfer, { state: 'active' }, { state: 'queued', verified: null, verifiedBytes: 0, receivedBytes: 0 });
    await manager.update(Transfer, { state: In(['queued', 'waiting', 'failed']) }, { verified: null, verifiedBytes: 0, receivedBytes: 0 });
  }

  private metadataOf(table: string) {
    const found = this.db.manager.dataSource.entityMetadatas.find(({ tableName }) => tableName === table);
    if (!found) throw new Error(`There is no table ${table}.`);
    return found;
  }

  private propertyOf(table: string, column: string): string {
    const found = this.metadataOf(table).columns.find(({ databaseName }) => databaseName === column);
    if (!found) throw new Error(`There is no column ${table}.${column}.`);
    return found.propertyName;
  }
}
