import type { MigrationInterface, QueryRunner } from 'typeorm';
import { bigint, boolean, createTable, integer, serial, text, varchar } from './schema.js';

const nullable = { isNullable: true };

/** Webhooks and what became of their deliveries. */
export class Webhooks1790000002100 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await createTable(runner, 'webhook', {
      id: serial,
      name: varchar(100),
      url: varchar(1_000),
      events: text(nullable),
      format: varchar(10),
      enabled: boolean(),
      disabled_reason: varchar(255, nullable),
      secret: text(),
      previous_secret: text(nullable),
      previous_until_ms: bigint(nullable),
      private_key: text(),
      public_key: varchar(100),
      created_ms: bigint(),
    });
    await createTable(
      runner,
      'webhook_delivery',
      {
        id: varchar(40, { isPrimary: true }),
        webhook_id: integer(),
        event_type: varchar(40),
        body: text(),
        state: varchar(10),
        attempts: integer(),
        next_attempt_ms: bigint(nullable),
        response_status: integer(nullable),
        response_body: text(nullable),
        duration_ms: integer(nullable),
        last_error: text(nullable),
        created_ms: bigint(),
        updated_ms: bigint(),
      },
      { ix_webhook_delivery_webhook: ['webhook_id', 'created_ms'], ix_webhook_delivery_created: ['created_ms'] },
    );
  }

  async down(): Promise<void> {
    throw new Error('Migrations go forward only; restore the backup that was made before the upgrade.');
  }
}
