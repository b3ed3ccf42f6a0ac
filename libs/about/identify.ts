import { Clock } from '#libs/platform/clock.js';
import type { Config } from '#libs/platform/config/config.js';
import { SecretBox } from '#libs/platform/crypto/secret-box.js';
import { Database } from '#libs/platform/database/database.js';
import type { DataSource } from '#libs/platform/database/data-source.js';
import { PublicPath } from '#libs/platform/http/public-path.js';
import { ServerIdentity } from './server-identity.js';
import { ServerRepository } from './server.repository.js';

/** The ISS ID of the server with this database, which gets one at its first start: needed before its modules are put together. */
export async function identify(config: Config, dataSource: DataSource): Promise<string> {
  const db = new Database(dataSource);
  const identity = new ServerIdentity(new ServerRepository(db), db, new SecretBox(config), new Clock(), new PublicPath(config));
  await identity.onModuleInit();
  return (await identity.get()).iss;
}
