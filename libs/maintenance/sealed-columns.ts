import { KEY_PURPOSE } from '#libs/about/server-identity.js';
import type { Config } from '#libs/platform/config/config.js';
import { SecretBox } from '#libs/platform/crypto/secret-box.js';
import { MaintenanceFailed } from './maintenance.errors.js';
import type { MaintenanceRepository } from './maintenance.repository.js';

interface Secrets {
  readonly registrationKey: string;
  readonly privateKey: string;
}

/** Opens what the database holds under DATABASE_KEY. Throws when a key is missing. */
export async function openSealed(config: Config, rows: MaintenanceRepository): Promise<Secrets> {
  const server = await rows.server();
  if (!server) throw new MaintenanceFailed('The server of this database has never been started.');
  const box = new SecretBox(config);
  return {
    registrationKey: box.open(server.registrationKey, KEY_PURPOSE.registrationKey),
    privateKey: box.open(server.privateKey, KEY_PURPOSE.privateKey),
  };
}

/** Encrypts it again under the first key of DATABASE_KEY; after that the others open nothing any more. */
export async function sealAgain(config: Config, rows: MaintenanceRepository): Promise<void> {
  const { registrationKey, privateKey } = await openSealed(config, rows);
  const box = new SecretBox(config);
  await rows.reseal({
    registrationKey: box.seal(registrationKey, KEY_PURPOSE.registrationKey),
    privateKey: box.seal(privateKey, KEY_PURPOSE.privateKey),
  });
}
