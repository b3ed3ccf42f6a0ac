import type { EntityManager, EntityTarget, InsertQueryBuilder, ObjectLiteral } from 'typeorm';
import { isDuplicateKey } from './transient-errors.js';

export type Rows<Entity> = readonly Partial<Entity>[];

/** What SQL Server takes in one INSERT: parameters (2,100, less what its driver needs) and rows. */
const MOST_PARAMETERS = 2_000;
const MOST_ROWS = 1_000;

/** The rows in parts that one statement each can insert. */
export function insertable<Entity extends ObjectLiteral>(
  manager: EntityManager,
  target: EntityTarget<Entity>,
  rows: Rows<Entity>,
): Rows<Entity>[] {
  if (manager.dataSource.options.type !== 'mssql') return rows.length === 0 ? [] : [rows];
  const { columns } = manager.dataSource.getMetadata(target);
  const size = Math.min(MOST_ROWS, Math.floor(MOST_PARAMETERS / columns.length));
  return Array.from({ length: Math.ceil(rows.length / size) }, (_, part) => rows.slice(part * size, (part + 1) * size));
}

const inserting = <Entity extends ObjectLiteral>(
  manager: EntityManager,
  target: EntityTarget<Entity>,
  rows: Rows<Entity>,
): InsertQueryBuilder<Entity> =>
  manager
    .createQueryBuilder()
    .insert()
    .into(target)
    .values([...rows] as never)
    .updateEntity(false);

/** Inserts one part; throws when a key is there already. */
export async function insertPart<Entity extends ObjectLiteral>(
  manager: EntityManager,
  target: EntityTarget<Entity>,
  rows: Rows<Entity>,
): Promise<void> {
  await inserting(manager, target, rows).execute();
}

/**
 * Inserts those of a part whose keys no other row has. One statement decides, so that of two at once one wins; SQL Server knows no such
 * statement, and is asked row by row once it has refused the part.
 */
export async function insertNewPart<Entity extends ObjectLiteral>(
  manager: EntityManager,
  target: EntityTarget<Entity>,
  rows: Rows<Entity>,
): Promise<void> {
  if (manager.dataSource.options.type !== 'mssql') {
    await inserting(manager, target, rows).orIgnore().execute();
    return;
  }
  try {
    await insertPart(manager, target, rows);
  } catch (error) {
    if (!isDuplicateKey(error)) throw error;
    if (rows.length > 1) for (const row of rows) await insertNewPart(manager, target, [row]);
  }
}
