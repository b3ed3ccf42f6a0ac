import { Injectable, Logger } from '@nestjs/common';
import { ServerIdentity } from '#libs/about/server-identity.js';
import { AuditTrail } from '#libs/audit/audit-trail.js';
import type { AuthorKey } from '#libs/entities/author-key.entity.js';
import { DomainEvents } from '#libs/events/domain-events.js';
import { keyChanged } from '#libs/events/key-changed.js';
import { Clock } from '#libs/platform/clock.js';
import { sha256Hex } from '#libs/platform/crypto/digest.js';
import { usualPublicKey } from '#libs/platform/crypto/es256.js';
import { Database } from '#libs/platform/database/database.js';
import { AuthorKeyRepository } from './author-key.repository.js';
import { introduce, type KeyIntroduction, readIntroduction } from './key-introduction.js';

/** Keys that one server keeps: authors of a mesh, and what a hostile peer may fill. */
const MAX_KEYS = 5_000;

export interface KnownServer {
  readonly iss: string;
  readonly name: string;
  readonly publicKey: string;
}

/** The public keys of authors that count, SPKI PEM. */
export type KeyRing = ReadonlyMap<string, readonly string[]>;

/**
 * Whose writes are signed with which key (docs/mesh.md §12). The key of a registered server is the one of its registration; any other
 * server's comes with the first peer that vouches for it. A second key of such a server waits for an administrator.
 */
@Injectable()
export class AuthorKeys {
  private readonly logger = new Logger(AuthorKeys.name);
  /** Pinned keys that are in the table, by `iss keyId`. */
  private readonly pinned = new Set<string>();
  private readonly introductions = new Map<string, KeyIntroduction>();

  constructor(
    private readonly keys: AuthorKeyRepository,
    private readonly db: Database,
    private readonly identity: ServerIdentity,
    private readonly audit: AuditTrail,
    private readonly events: DomainEvents,
    private readonly clock: Clock,
  ) {}

  /** The keys of these authors that count, this server's own included. */
  async ringOf(authors: readonly string[]): Promise<KeyRing> {
    const { iss, publicKey } = await this.identity.get();
    const ring = new Map<string, string[]>([[iss, [publicKey]]]);
    for (const key of await this.keys.findOf(authors.filter((author) => author !== iss))) {
      if (key.state === 'known') ring.set(key.iss, [...(ring.get(key.iss) ?? []), key.publicKey]);
    }
    return ring;
  }

  /** The keys of registered servers are known, whatever others say. */
  async pin(servers: readonly KnownServer[]): Promise<void> {
    const news = servers.filter(({ iss, publicKey }) => !this.pinned.has(`${iss} ${sha256Hex(publicKey)}`));
    if (news.length === 0) return;
    await this.db.transaction(async () => {
      const known = await this.keys.findOf(news.map(({ iss }) => iss));
      for (const { iss, name, publicKey } of news) {
        const keyId = sha256Hex(publicKey);
        const same = known.find((key) => key.iss === iss && key.keyId === keyId);
        if (!same) await this.keys.insertIfNew(this.row(iss, publicKey, null, 'known'));
        else if (same.state !== 'known') await this.keys.setState(same.id, 'known');
        // What others vouched for before was another key: they may have been deceived.
        for (const other of known) {
          if (other.iss === iss && other.keyId !== keyId && other.introducedBy !== null && other.state === 'known') {
            await this.keys.setState(other.id, 'conflict');
            await this.reportConflict(other, name, name);
          }
        }
      }
    });
    news.forEach(({ iss, publicKey }) => this.pinned.add(`${iss} ${sha256Hex(publicKey)}`));
  }

  /** Takes the keys that a peer vouches for. Of a server of which none is known all that come at once count. */
  async take(peer: KnownServer, sent: readonly unknown[]): Promise<void> {
    const own = (await this.identity.get()).iss;
    const introduced = sent
      .map((value) => readIntroduction(value, peer.publicKey))
      .filter((each) => each !== null && each.iss !== own && each.iss !== peer.iss) as KeyIntroduction[];
    const known = await this.keys.findOf([...new Set(introduced.map(({ iss }) => iss))]);
    const ids = new Set(known.map(({ iss, keyId }) => `${iss} ${keyId}`));
    const news = introduced.flatMap(({ iss, public_key }) => {
      const publicKey = usualPublicKey(public_key);
      return publicKey === null || ids.has(`${iss} ${sha256Hex(publicKey)}`) ? [] : [{ iss, publicKey }];
    });
    if (news.length === 0) return;
    if ((await this.keys.count()) + news.length > MAX_KEYS) {
      this.logger.warn(`${peer.name} introduced more servers than are remembered: ${MAX_KEYS} keys are known already.`);
      return;
    }
    const familiar = new Set(known.map(({ iss }) => iss));
    await this.db.transaction(async () => {
      for (const { iss, publicKey } of news) {
        const key = this.row(iss, publicKey, peer.iss, familiar.has(iss) ? 'conflict' : 'known');
        await this.keys.insertIfNew(key);
        if (key.state === 'conflict') await this.reportConflict(key, null, peer.name);
      }
    });
  }

  /** The keys of these authors, vouched for by this server. */
  async introductionsOf(authors: readonly string[]): Promise<KeyIntroduction[]> {
    const { iss: own, privateKey } = await this.identity.get();
    const ring = await this.ringOf(authors);
    return authors
      .filter((iss) => iss !== own)
      .flatMap((iss) => (ring.get(iss) ?? []).map((publicKey) => this.introductionOf(iss, publicKey, privateKey)));
  }

  private introductionOf(iss: string, publicKey: string, privateKey: string): KeyIntroduction {
    const known = this.introductions.get(iss);
    if (known?.public_key === publicKey) return known;
    const made = introduce(iss, publicKey, privateKey);
    if (this.introductions.size >= MAX_KEYS) this.introductions.clear();
    this.introductions.set(iss, made);
    return made;
  }

  private row(iss: string, publicKey: string, introducedBy: string | null, state: AuthorKey['state']): Omit<AuthorKey, 'id'> {
    return { iss, publicKey, introducedBy, state, keyId: sha256Hex(publicKey), firstSeenMs: this.clock.now() };
  }

  /** `name`: of the server whose key it is said to be, where it is known; `subject`: whom the line of the audit trail is about. */
  private async reportConflict(
    { iss, publicKey, introducedBy }: Omit<AuthorKey, 'id'>,
    name: string | null,
    subject: string,
  ): Promise<void> {
    const event = keyChanged({ iss, name, publicKey, introducedBy, accepted: false });
    await this.audit.record({ action: 'server.key_changed', subject, details: { ...event } });
    await this.events.record('server.key_changed', event);
  }
}
