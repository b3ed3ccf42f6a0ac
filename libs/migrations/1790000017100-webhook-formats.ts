import { type MigrationInterface, type QueryRunner, TableColumn } from 'typeorm';

const mssqlFormat = ({ dataSource }: QueryRunner): string =>
  dataSource.driver.createFullType(new TableColumn({ name: 'format', type: 'varchar', length: '20' }));

/** Room for the names of more formats, and what a message is sent as. */
export class WebhookFormats1790000017100 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    const { type } = runner.dataSource.options;
    if (type === 'postgres') await runner.query('ALTER TABLE webhook ALTER COLUMN format TYPE varchar(20)');
    else if (type === 'mysql' || type === 'mariadb') await runner.query('ALTER TABLE webhook MODIFY format varchar(20) NOT NULL');
    else if (type === 'mssql') await runner.query(`ALTER TABLE webhook ALTER COLUMN format ${mssqlFormat(runner)} NOT NULL`);
    else await runner.changeColumn('webhook', 'format', new TableColumn({ name: 'format', type: 'varchar', length: '20' }));
    if (await runner.hasColumn('webhook_delivery', 'content_type')) return;
    const column = { name: 'content_type', type: 'varchar', length: '60', default: "'application/json'" };
    await runner.addColumn('webhook_delivery', new TableColumn(column));
  }

  async down(): Promise<void> {
    throw new Error('Migrations go forward only; restore the backup that was made before the upgrade.');
  }
}
