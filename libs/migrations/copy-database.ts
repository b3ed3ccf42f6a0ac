import type { DataSource, EntityManager, EntityMetadata, ObjectLiteral } from 'typeorm';
import { insertable, insertPart } from '#libs/platform/database/insert-rows.js';

/** Rows with chunk lists are large, and a statement may not be. */
const BATCH = { plain: 200, withBytes: 5 } as const;

const hasBytes = ({ columns }: EntityMetadata): boolean => columns.some(({ type }) => (type as unknown) === Buffer);

/**
 * Copies every row of one database into another, of whatever kind, both with the tables of this version. It reads one moment of
 * the source and writes one transaction: all of it or nothing. What the target had is replaced. Answers how many rows went over.
 */
export async function copyDatabase(from: DataSource, to: DataSource): Promise<number> {
  return inSnapshot(from, (source) =>
    to.transaction(async (target) => {
      let rows = 0;
      for (const entity of from.entityMetadatas) {
        await target.createQueryBuilder().delete().from(entity.target).execute();
        rows += await copyTable(source, target, entity);
      }
      return rows;
    }),
  );
}

function inSnapshot<T>(from: DataSource, work: (manager: EntityManager) => Promise<T>): Promise<T> {
  if (from.options.type === 'better-sqlite3') return from.transaction(work);
  return from.transaction('REPEATABLE READ', work);
}

async function copyTable(source: EntityManager, target: EntityManager, entity: EntityMetadata): Promise<number> {
  const key = entity.primaryColumns[0]!.propertyName;
  const size = hasBytes(entity) ? BATCH.withBytes : BATCH.plain;
  let copied = 0;
  for (let after: unknown; ;) {
    const query = source.createQueryBuilder<ObjectLiteral>(entity.target, 'row').orderBy(`row.${key}`).limit(size);
    if (after !== undefined) query.where(`row.${key} > :after`, { after });
    const rows = await query.getMany();
    const last = rows.at(-1);
    if (!last) break;
    for (const part of insertable(target, entity.target, rows)) await insertPart(target, entity.target, part);
    copied += rows.length;
    after = last[key];
  }
  await continueNumbers(target, entity);
  return copied;
}

/** PostgreSQL does not notice numbers that it has not given out itself. */
async function continueNumbers(target: EntityManager, entity: EntityMetadata): Promise<void> {
  const generated = entity.generatedColumns[0];
  if (!generated || target.dataSource.options.type !== 'postgres') return;
  const table = `"${entity.tableName}"`;
  const column = generated.databaseName;
  await target.query(
    `SELECT setval(pg_get_serial_sequence('${table}', '${column}'), COALESCE(MAX("${column}"), 0) + 1, false) FROM ${table}`,
  );
}
