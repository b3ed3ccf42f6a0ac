import { KEY_PURPOSE } from '#libs/about/server-identity.js';
import { ANSWER_PURPOSE } from '#libs/platform/admin-api/idempotency-store.js';
import type { Config } from '#libs/platform/config/config.js';
import { SecretBox } from '#libs/platform/crypto/secret-box.js';
import { OIDC_SECRET_PURPOSE } from '#libs/oidc/settings/oidc-settings.service.js';
import { JAMF_SECRET_PURPOSE } from '#libs/jamf/connection/jamf-connection.service.js';
import { MAIL_PASSWORD_PURPOSE } from '#libs/email/mailer.js';
import { INVITATION_PURPOSE } from '#libs/peers/invitations/invitations.service.js';
import { WEBHOOK_PURPOSE } from '#libs/webhooks/webhook-keys.js';
import { MaintenanceFailed } from './maintenance.errors.js';
import type { MaintenanceRepository, SealedColumn } from './maintenance.repository.js';

/** Every column that is encrypted under DATABASE_KEY. A feature that adds one names it here, or the key cannot be rotated. */
export const sealedColumns: readonly SealedColumn[] = [
  { table: 'server', key: 'id', column: 'registration_key', purpose: KEY_PURPOSE.registrationKey },
  { table: 'server', key: 'id', column: 'private_key', purpose: KEY_PURPOSE.privateKey },
  { table: 'invitation', key: 'id', column: 'key', purpose: INVITATION_PURPOSE },
  { table: 'webhook', key: 'id', column: 'secret', purpose: WEBHOOK_PURPOSE.secret },
  { table: 'webhook', key: 'id', column: 'previous_secret', purpose: WEBHOOK_PURPOSE.secret },
  { table: 'webhook', key: 'id', column: 'private_key', purpose: WEBHOOK_PURPOSE.privateKey },
  { table: 'jamf_connection', key: 'id', column: 'secret', purpose: JAMF_SECRET_PURPOSE },
  { table: 'oidc_settings', key: 'id', column: 'client_secret', purpose: OIDC_SECRET_PURPOSE },
  { table: 'mail_settings', key: 'id', column: 'password', purpose: MAIL_PASSWORD_PURPOSE },
  { table: 'idempotency_key', key: 'id', column: 'answer', purpose: ANSWER_PURPOSE },
];

/** Opens the server's own secrets. Throws when the key is missing. */
export async function openSealed(config: Config, rows: MaintenanceRepository): Promise<void> {
  const server = await rows.server();
  if (!server) throw new MaintenanceFailed('The server of this database has never been started.');
  const box = new SecretBox(config);
  box.open(server.registrationKey, KEY_PURPOSE.registrationKey);
  box.open(server.privateKey, KEY_PURPOSE.privateKey);
}

/**
 * Encrypts everything again under the first key of DATABASE_KEY, in one transaction; after that the others open nothing any
 * more. Throws, and changes nothing, when something is left that only an older key opens.
 */
export async function sealAgain(config: Config, rows: MaintenanceRepository): Promise<void> {
  const box = new SecretBox(config);
  await openSealed(config, rows);
  const [, ...older] = config.get('databaseKeys');
  await rows.transaction(async () => {
    for (const each of sealedColumns) {
      for (const { key, sealed } of await rows.sealedValues(each)) {
        await rows.replaceSealed(each, key, sealed, box.seal(box.open(sealed, each.purpose), each.purpose));
      }
    }
    const left = await rows.columnsSealedUnder(older.map(({ id }) => id));
    if (left.length > 0) throw new MaintenanceFailed(`${left.join(', ')} cannot be encrypted again by this version. Keep the old key.`);
  });
}
