import type { MigrationInterface, QueryRunner } from 'typeorm';
import { bigint, boolean, bytes, createTable, integer, serial, text, varchar } from './schema.js';

const nullable = { isNullable: true };
const primary = { isPrimary: true };

/** The tables of the first version. */
export class Foundation1790000000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    const { type } = runner.dataSource.options;
    if (type === 'mysql' || type === 'mariadb') {
      // Without this, unique keys would take "É" for "e" and upper case for lower case.
      await runner.query('ALTER DATABASE CHARACTER SET utf8mb4 COLLATE utf8mb4_bin');
    }
    await serverTables(runner);
    await catalogTables(runner);
    await contentTable(runner);
    await accountTables(runner);
    await workTables(runner);
  }

  async down(): Promise<void> {
    throw new Error('Migrations go forward only; restore the backup that was made before the upgrade.');
  }
}

async function serverTables(runner: QueryRunner): Promise<void> {
  await createTable(runner, 'server', {
    id: integer(primary),
    iss: varchar(32),
    name: varchar(100),
    url: varchar(500, nullable),
    stage: varchar(4),
    firewalled_mode: boolean(),
    registration_key: text(),
    private_key: text(),
    public_key: text(),
    created_ms: bigint(),
  });
  await createTable(
    runner,
    'peer',
    {
      id: serial,
      iss: varchar(32),
      name: varchar(100),
      url: varchar(500),
      stage: varchar(4),
      firewalled_mode: boolean(),
      public_key: text(),
      registered_ms: bigint(),
      pulled_epoch: varchar(32, nullable),
      pulled_seq: bigint(),
      acked_epoch: varchar(32, nullable),
      acked_seq: bigint(),
      last_seen_ms: bigint(nullable),
      unreachable_since_ms: bigint(nullable),
      last_error: text(nullable),
      paused: boolean(),
    },
    { uq_peer_iss: ['iss'] },
  );
  await createTable(runner, 'seen_token', { id: varchar(64, primary), expires_ms: bigint() }, { ix_seen_token_expires: ['expires_ms'] });
}

const versionColumns = { size: bigint(), sha1: varchar(40), sha256: varchar(64), manifest_sha256: varchar(64) };

async function catalogTables(runner: QueryRunner): Promise<void> {
  await createTable(runner, 'catalog_clock', {
    id: integer(primary),
    epoch: varchar(32),
    seq: bigint(),
    wall_ms: bigint(),
    counter: integer(),
  });
  await createTable(
    runner,
    'package',
    {
      id: serial,
      filename: varchar(255),
      filename_key: varchar(510),
      uuid: varchar(32),
      stamp_wall_ms: bigint(),
      stamp_counter: integer(),
      stamp_iss: varchar(32),
      deleted: boolean(),
      ...versionColumns,
      stage: varchar(4),
      notes: text(nullable),
      created_ms: bigint(),
      origin_iss: varchar(32),
      seq: bigint(),
      status: varchar(12),
      updated_ms: bigint(),
    },
    {
      uq_package_filename_key: ['filename_key'],
      ix_package_uuid: ['uuid'],
      uq_package_seq: ['seq'],
      ix_package_status: ['status'],
      ix_package_created: ['created_ms'],
      ix_package_size: ['size'],
    },
  );
}

async function contentTable(runner: QueryRunner): Promise<void> {
  await createTable(
    runner,
    'content',
    {
      uuid: varchar(32, primary),
      filename: varchar(255),
      filename_key: varchar(510),
      ...versionColumns,
      manifest: bytes(nullable),
      state: varchar(10),
      stage: varchar(4),
      created_ms: bigint(),
      origin_iss: varchar(32),
      retire_after_ms: bigint(nullable),
    },
    {
      ix_content_filename_key: ['filename_key'],
      ix_content_sha256: ['sha256'],
      ix_content_retire: ['retire_after_ms'],
    },
  );
}

async function accountTables(runner: QueryRunner): Promise<void> {
  await createTable(
    runner,
    'user',
    {
      id: serial,
      username: varchar(64),
      username_key: varchar(128),
      password_hash: varchar(255),
      role: varchar(10),
      must_change_password: boolean(),
      disabled: boolean(),
      created_ms: bigint(),
      last_login_ms: bigint(nullable),
    },
    { uq_user_username_key: ['username_key'] },
  );
  await createTable(
    runner,
    'session',
    {
      id: varchar(32, primary),
      user_id: integer(),
      refresh_hash: varchar(64),
      previous_hash: varchar(64, nullable),
      rotated_ms: bigint(nullable),
      created_ms: bigint(),
      last_used_ms: bigint(),
      expires_ms: bigint(),
      address: varchar(64),
      user_agent: varchar(255, nullable),
    },
    { ix_session_user: ['user_id'], ix_session_expires: ['expires_ms'] },
  );
  await createTable(
    runner,
    'login_attempt',
    { id: varchar(64, primary), failures: integer(), last_ms: bigint(), blocked_until_ms: bigint() },
    { ix_login_attempt_last: ['last_ms'] },
  );
  await createTable(
    runner,
    'audit_event',
    {
      id: serial,
      at_ms: bigint(),
      actor_kind: varchar(10),
      actor: varchar(128),
      action: varchar(60),
      subject: varchar(255, nullable),
      details: text(nullable),
      address: varchar(64, nullable),
      request_id: varchar(64, nullable),
    },
    { ix_audit_event_at: ['at_ms'] },
  );
}

async function workTables(runner: QueryRunner): Promise<void> {
  await createTable(
    runner,
    'job',
    {
      id: varchar(32, primary),
      type: varchar(60),
      dedupe_key: varchar(120, nullable),
      payload: text(),
      state: varchar(8),
      due_ms: bigint(),
      lease: varchar(32, nullable),
      again: boolean(),
      attempts: integer(),
      last_error: text(nullable),
      created_ms: bigint(),
    },
    { uq_job_dedupe_key: ['dedupe_key'], ix_job_due: ['state', 'due_ms'] },
  );
  await createTable(
    runner,
    'transfer',
    {
      id: serial,
      uuid: varchar(32),
      filename: varchar(255),
      size: bigint(),
      state: varchar(10),
      verified: bytes(nullable),
      verified_bytes: bigint(),
      attempts: integer(),
      error_code: varchar(60, nullable),
      last_error: text(nullable),
      source_iss: varchar(32, nullable),
      created_ms: bigint(),
      started_ms: bigint(nullable),
      finished_ms: bigint(nullable),
      updated_ms: bigint(),
    },
    { uq_transfer_uuid: ['uuid'], ix_transfer_state: ['state'] },
  );
}
