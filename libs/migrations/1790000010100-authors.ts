import { type MigrationInterface, type QueryRunner, TableColumn } from 'typeorm';
import { bigint, createTable, serial, text, varchar } from './schema.js';

const nullable = { isNullable: true };

async function addFlag(runner: QueryRunner, table: string, name: string): Promise<boolean> {
  if (await runner.hasColumn(table, name)) return false;
  const type = runner.dataSource.driver.normalizeType({ type: 'boolean' });
  await runner.addColumn(table, new TableColumn({ name, type, default: runner.dataSource.options.type === 'postgres' ? 'false' : '0' }));
  return true;
}

/** Who signs what (ADR 12): keys of authors, which peers sign, what was refused. */
export class Authors1790000010100 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await createTable(
      runner,
      'author_key',
      {
        id: serial,
        iss: varchar(32),
        key_id: varchar(64),
        public_key: text(),
        introduced_by: varchar(32, nullable),
        first_seen_ms: bigint(),
        state: varchar(8),
      },
      { uq_author_key: ['iss', 'key_id'] },
    );
    await createTable(
      runner,
      'refused_write',
      {
        id: serial,
        digest: varchar(64),
        peer_iss: varchar(32),
        peer_name: varchar(100),
        filename: varchar(255),
        author_iss: varchar(32, nullable),
        code: varchar(20),
        reason: text(),
        writes: text(nullable),
        received_ms: bigint(),
      },
      { uq_refused_write_digest: ['digest'], ix_refused_write_code: ['code'] },
    );
    await addFlag(runner, 'peer', 'signs');
    if (await addFlag(runner, 'server', 'accept_unsigned_writes')) {
      const yes = runner.dataSource.options.type === 'postgres' ? 'TRUE' : '1';
      // A server that has peers must go on understanding those that are not upgraded yet.
      await runner.query(`UPDATE server SET accept_unsigned_writes = ${yes} WHERE EXISTS (SELECT 1 FROM peer)`);
    }
  }

  async down(): Promise<void> {
    throw new Error('Migrations go forward only; restore the backup that was made before the upgrade.');
  }
}
