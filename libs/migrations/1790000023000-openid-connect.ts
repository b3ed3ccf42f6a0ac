import { type MigrationInterface, type QueryRunner, TableColumn, TableIndex } from 'typeorm';
import { boolean, createTable, integer, present, text, varchar } from './schema.js';

const INDEX = 'uq_user_identity_key';

const identity = [
  new TableColumn({ name: 'identity_key', type: 'varchar', length: '64', isNullable: true }),
  new TableColumn({ name: 'identity_issuer', type: 'varchar', length: '255', isNullable: true }),
  new TableColumn({ name: 'identity_subject', type: 'varchar', length: '255', isNullable: true }),
];

/** Sign-in with the accounts of an OpenID provider: its settings, and who is who there. */
export class OpenidConnect1790000023000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const column of identity) if (!(await runner.hasColumn('user', column.name))) await runner.addColumn('user', column);
    const user = await runner.getTable('user');
    if (!user?.indices.some(({ name }) => name === INDEX)) {
      await runner.createIndex(
        'user',
        new TableIndex({ name: INDEX, columnNames: ['identity_key'], isUnique: true, where: present(runner, ['identity_key']) }),
      );
    }
    await createTable(runner, 'oidc_settings', {
      id: integer({ isPrimary: true }),
      enabled: boolean(),
      issuer: varchar(255),
      client_id: varchar(255),
      client_secret: text(),
      scopes: varchar(500),
      groups_claim: varchar(100),
      group_roles: text(),
      label: varchar(60),
      console_url: varchar(255),
    });
  }

  async down(): Promise<void> {
    throw new Error('Migrations go forward only; restore the backup that was made before the upgrade.');
  }
}
