import { Injectable, type OnModuleInit } from '@nestjs/common';
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import type { Server } from '#libs/entities/server.entity.js';
import { Clock } from '#libs/platform/clock.js';
import { newHexId } from '#libs/platform/crypto/digest.js';
import { SecretBox } from '#libs/platform/crypto/secret-box.js';
import { Database } from '#libs/platform/database/database.js';
import { PublicPath } from '#libs/platform/http/public-path.js';
import type { Stage } from '#libs/replication/stage.js';
import { ServerRepository } from './server.repository.js';

/** This server as it is known to itself, secrets opened. */
export interface Identity {
  readonly iss: string;
  readonly name: string;
  /** Where peers reach this server; null until set. */
  readonly url: string | null;
  readonly stage: Stage;
  readonly firewalledMode: boolean;
  /** Base64 of 32 bytes: who holds it may register. */
  readonly registrationKey: string;
  /** ES256, PKCS #8 PEM. */
  readonly privateKey: string;
  /** ES256, SPKI PEM. */
  readonly publicKey: string;
  /** What ACCEPT_UNSIGNED_WRITES=auto means here. */
  readonly acceptUnsignedWrites: boolean;
}

export type IdentityChange = Partial<Pick<Identity, 'name' | 'url' | 'stage' | 'firewalledMode' | 'registrationKey'>>;

/** Other replicas may change the record: what is remembered is never older than this, in milliseconds. */
const REMEMBER_MS = 1_000;
export const KEY_PURPOSE = { registrationKey: 'server registration key', privateKey: 'server private key' } as const;

export const newRegistrationKey = (): string => randomBytes(32).toString('base64');

/** Who this server is (MESH §8). Made on first start, the same for all its processes. */
@Injectable()
export class ServerIdentity implements OnModuleInit {
  private changes = 0;
  private remembered: { identity: Identity; until: number } | undefined;

  constructor(
    private readonly servers: ServerRepository,
    private readonly db: Database,
    private readonly box: SecretBox,
    private readonly clock: Clock,
    private readonly paths: PublicPath,
  ) {}

  async onModuleInit(): Promise<void> {
    if (!(await this.servers.find())) await this.create();
    await this.get();
  }

  /** As it was at most a second ago: for signing and checking every call. */
  async get(): Promise<Identity> {
    const now = Date.now();
    if (this.remembered && this.remembered.until > now) return this.remembered.identity;
    const { changes } = this;
    const identity = await this.read();
    // What was read before a change must not be remembered after it.
    if (changes === this.changes) this.remembered = { identity, until: now + REMEMBER_MS };
    return identity;
  }

  /** As it is now, whichever process changed it. Throws SecretUnreadable when the database was made under another DATABASE_KEY. */
  async read(): Promise<Identity> {
    return this.open(await this.servers.find());
  }

  /** As it is now, and stays until the open transaction ends. */
  async hold(): Promise<Identity> {
    return this.open(await this.servers.hold());
  }

  /** Called in a transaction; answers what is true once that has committed. */
  async change(change: IdentityChange): Promise<Identity> {
    const { registrationKey, ...rest } = change;
    const sealed = registrationKey === undefined ? {} : { registrationKey: this.box.seal(registrationKey, KEY_PURPOSE.registrationKey) };
    if (Object.keys(change).length > 0) await this.servers.update({ ...rest, ...sealed });
    this.db.afterCommit(() => {
      this.changes += 1;
      this.remembered = undefined;
    });
    return this.read();
  }

  private open(found: Server | null): Identity {
    if (!found) throw new Error('This server has no identity yet.');
    const { registrationKey, privateKey, ...row } = found;
    this.paths.learn(row.url);
    return {
      ...row,
      registrationKey: this.box.open(registrationKey, KEY_PURPOSE.registrationKey),
      privateKey: this.box.open(privateKey, KEY_PURPOSE.privateKey),
    };
  }

  private async create(): Promise<void> {
    const pair = generateKeyPairSync('ec', {
      namedCurve: 'P-256',
      publicKeyEncoding: { type: 'spki', format: 'pem' },
      privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    });
    const server: Omit<Server, 'id'> = {
      iss: newHexId(),
      name: hostname().slice(0, 100) || 'ODS',
      url: null,
      stage: 'Prod',
      firewalledMode: false,
      registrationKey: this.box.seal(newRegistrationKey(), KEY_PURPOSE.registrationKey),
      privateKey: this.box.seal(pair.privateKey, KEY_PURPOSE.privateKey),
      publicKey: pair.publicKey,
      createdMs: this.clock.now(),
      acceptUnsignedWrites: false,
    };
    await this.db.transaction(() => this.servers.insertIfNew(server, newHexId()));
  }
}
