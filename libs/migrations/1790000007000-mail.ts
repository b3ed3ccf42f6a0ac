import type { MigrationInterface, QueryRunner } from 'typeorm';
import { bigint, boolean, createTable, integer, text, varchar } from './schema.js';

const nullable = { isNullable: true };

/** E-mail about events. */
export class Mail1790000007000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await createTable(runner, 'mail_settings', {
      id: integer({ isPrimary: true }),
      enabled: boolean(),
      host: varchar(255),
      port: integer(),
      security: varchar(10),
      verify_certificate: boolean(),
      username: varchar(255, nullable),
      password: text(nullable),
      sender: varchar(320),
      recipients: text(),
      events: text(),
      digest_minutes: integer(),
      told_up_to: bigint(),
      last_sent_ms: bigint(nullable),
      last_error: varchar(500, nullable),
    });
  }

  async down(): Promise<void> {
    throw new Error('Migrations go forward only; restore the backup that was made before the upgrade.');
  }
}
