import { type MigrationInterface, type QueryRunner, TableColumn } from 'typeorm';
import { bigint, createTable, serial, text, varchar } from './schema.js';

const nullable = { isNullable: true };

/** Who may register: invitations, blocked servers. What peers refused of ours; whether they sign answers; who introduced a server. */
export class PeerAdmission1790000016100 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await createTable(runner, 'blocked_server', {
      iss: varchar(32, { isPrimary: true }),
      name: varchar(100),
      public_key: text(),
      blocked_ms: bigint(),
    });
    await createTable(runner, 'invitation', {
      id: serial,
      key: text(),
      note: varchar(200, nullable),
      created_ms: bigint(),
      expires_ms: bigint(),
      used_ms: bigint(nullable),
      used_by_iss: varchar(32, nullable),
      used_by_name: varchar(100, nullable),
    });
    await this.add(runner, 'peer', new TableColumn({ name: 'rejected_seqs', type: 'text', isNullable: true }));
    await this.add(runner, 'peer', new TableColumn({ name: 'rejected_reason', type: 'text', isNullable: true }));
    await this.add(runner, 'peer', new TableColumn({ name: 'signs_since_ms', type: 'bigint', isNullable: true }));
    await this.add(runner, 'server_state', new TableColumn({ name: 'introduced_by', type: 'varchar', length: '32', isNullable: true }));
  }

  async down(): Promise<void> {
    throw new Error('Migrations go forward only; restore the backup that was made before the upgrade.');
  }

  private async add(runner: QueryRunner, table: string, column: TableColumn): Promise<void> {
    if (!(await runner.hasColumn(table, column.name))) await runner.addColumn(table, column);
  }
}
