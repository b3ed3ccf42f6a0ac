import { Injectable } from '@nestjs/common';
import { ServerIdentity } from '#libs/about/server-identity.js';
import { AuditTrail } from '#libs/audit/audit-trail.js';
import type { AuthorKey } from '#libs/entities/author-key.entity.js';
import type { AuthorRights } from '#libs/entities/author-rights.entity.js';
import type { MergeOptions } from '#libs/packages/catalog/merge-plan.js';
import { AuthorRightsRepository } from '#libs/peers/author-rights.repository.js';
import { PeerRepository } from '#libs/peers/peer.repository.js';
import { Clock } from '#libs/platform/clock.js';
import { Config } from '#libs/platform/config/config.js';
import { Database } from '#libs/platform/database/database.js';
import { admitByRights, type NamedPreset, presetRights, type PublishRights, type RightsPreset } from '#libs/replication/publish-rights.js';
import { AuthorKeyRepository } from './author-key.repository.js';
import { AuthorUnknown } from './trust.errors.js';

/** A server whose writes arrive here, and what is accepted of it. */
export interface Author {
  readonly iss: string;
  /** Null of a server that this one is not registered with. */
  readonly name: string | null;
  readonly preset: RightsPreset;
  readonly rights: PublishRights;
  /** Neither an administrator nor an invitation has decided: NEW_SERVER_RIGHTS counts. */
  readonly isDefault: boolean;
  readonly keys: readonly AuthorKey[];
}

const rightsIn = ({ preset, rights }: Pick<AuthorRights, 'preset' | 'rights'>): PublishRights =>
  preset === 'custom' ? (JSON.parse(rights!) as PublishRights) : presetRights[preset];

/** What this server accepts from which author (docs/mesh.md §13). */
@Injectable()
export class AuthorRightsService {
  constructor(
    private readonly rights: AuthorRightsRepository,
    private readonly keys: AuthorKeyRepository,
    private readonly peers: PeerRepository,
    private readonly identity: ServerIdentity,
    private readonly db: Database,
    private readonly audit: AuditTrail,
    private readonly config: Config,
    private readonly clock: Clock,
  ) {}

  /** Judges writes as they are merged. One without a signature is judged as a write of the peer that sent it. */
  async judgeFor(peerIss: string): Promise<NonNullable<MergeOptions['admit']>> {
    const own = (await this.identity.get()).iss;
    const known = new Map((await this.rights.findAll()).map((row) => [row.iss, rightsIn(row)]));
    const rightsOf = (iss: string): PublishRights => known.get(iss) ?? (iss === own ? presetRights.full : this.defaultRights);
    return (update, before) => admitByRights(update, before, ({ stamp, sig }) => rightsOf(sig === null ? peerIss : stamp.iss));
  }

  async list(): Promise<Author[]> {
    const own = (await this.identity.get()).iss;
    const [rows, keys, peers] = [await this.rights.findAll(), await this.keys.findAll(), await this.peers.findAll()];
    const byIss = new Map(rows.map((row) => [row.iss, row]));
    const names = new Map(peers.map(({ iss, name }) => [iss, name]));
    const all = new Set([...peers, ...rows, ...keys].map(({ iss }) => iss).filter((iss) => iss !== own));
    return [...all].map((iss): Author => {
      const row = byIss.get(iss);
      return {
        iss,
        name: names.get(iss) ?? null,
        preset: row?.preset ?? this.defaultPreset,
        rights: row ? rightsIn(row) : this.defaultRights,
        isDefault: row === undefined,
        keys: keys.filter((key) => key.iss === iss),
      };
    });
  }

  /** `custom` needs its rights. Throws AuthorUnknown. */
  async set(iss: string, preset: RightsPreset, custom: PublishRights | null): Promise<Author> {
    const before = await this.get(iss);
    await this.db.transaction(async () => {
      const rights = preset === 'custom' ? JSON.stringify(custom) : null;
      await this.rights.save({ iss, preset, rights, updatedMs: this.clock.now() });
      const details = { iss, before: { preset: before.preset, ...before.rights }, after: { preset, ...custom } };
      await this.audit.record({ action: 'author.rights_changed', subject: before.name ?? iss, details });
    });
    return this.get(iss);
  }

  /** From now on writes signed with this key count. Throws AuthorUnknown. */
  async acceptKey(iss: string, id: number): Promise<Author> {
    const author = await this.get(iss);
    const key = author.keys.find((each) => each.id === id);
    if (!key) throw new AuthorUnknown();
    await this.db.transaction(async () => {
      await this.keys.setState(id, 'known');
      await this.audit.record({ action: 'author.key_accepted', subject: author.name ?? iss, details: { iss, key_id: key.keyId } });
    });
    return this.get(iss);
  }

  private async get(iss: string): Promise<Author> {
    const author = (await this.list()).find((each) => each.iss === iss);
    if (!author) throw new AuthorUnknown();
    return author;
  }

  private get defaultPreset(): NamedPreset {
    return this.config.get('NEW_SERVER_RIGHTS');
  }

  private get defaultRights(): PublishRights {
    return presetRights[this.defaultPreset];
  }
}
