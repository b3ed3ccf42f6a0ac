import { Injectable } from '@nestjs/common';
import type { Peer } from '#libs/entities/peer.entity.js';
import { ServerStates } from '#libs/network/server-states.js';
import { Catalog } from '#libs/packages/catalog/catalog.js';
import { MassChangeGuard } from '#libs/packages/catalog/mass-change-guard.js';
import type { Arrival, MergeOptions, MergeResult } from '#libs/packages/catalog/merge-plan.js';
import { ContentRepository } from '#libs/packages/content.repository.js';
import { PackageRepository } from '#libs/packages/package.repository.js';
import { ContentWanted } from '#libs/packages/packages.jobs.js';
import { PeerRepository } from '#libs/peers/peer.repository.js';
import { Database } from '#libs/platform/database/database.js';
import { isDataRefused } from '#libs/platform/database/transient-errors.js';
import { Jobs } from '#libs/platform/jobs/jobs.js';
import { PeerRefusals } from '#libs/peers/peer-refusals.js';
import { isHexId } from '#libs/replication/hex-id.js';
import { shownText } from '#libs/replication/plain-text.js';
import type { Refusal } from '#libs/replication/refusal.js';
import { AuthorRightsService } from '#libs/trust/author-rights.service.js';
import { AuthorKeys } from '#libs/trust/author-keys.js';
import { RefusedWrites } from '#libs/trust/refused-writes.js';
import { WriteReader } from '#libs/trust/write-reader.js';

/** What a peer sent, before it is trusted: one element of a feed page or of a push, about a package or about a server. */
export interface ReceivedItem {
  /** The sender's own number of the change. */
  readonly seq?: number | undefined;
  readonly entry?: unknown;
  /** The parts of the entry, each signed by its author; undefined from a server of the version before. */
  readonly writes?: readonly unknown[] | undefined;
  readonly held: boolean;
  readonly server?: unknown;
}

export interface Receipt {
  /** Items that were news. */
  readonly taken: number;
  /** Why writes were refused, at most a few sentences. */
  readonly refused: string[];
  /** The sender's numbers of those entries. */
  readonly refusedSeqs: number[];
}

const MAX_REASONS = 5;
/** Entries merged in one transaction: all other writers wait for it. */
const MERGE_BATCH = 200;

/** The sender's numbers of what was refused: a refusal names the file. */
function seqsOf(items: readonly ReceivedItem[], refused: readonly Refusal[]): number[] {
  const names = new Set(refused.map(({ filename }) => filename));
  const nameOf = ({ entry }: ReceivedItem): unknown => (entry as { filename?: unknown } | null)?.filename;
  const isRefused = (item: ReceivedItem): boolean =>
    names.has(typeof nameOf(item) === 'string' ? shownText((nameOf(item) as string).slice(0, 255)) : '');
  return items
    .filter(isRefused)
    .map(({ seq }) => seq)
    .filter((seq) => seq !== undefined);
}

/**
 * Where news of peers comes in, by push or by pull: verified, merged, and wanted content asked for (docs/mesh.md §2, §4, §12). What is
 * refused is kept with its reason and holds up nothing: the reader continues behind it.
 */
@Injectable()
export class CatalogReceiver {
  constructor(
    private readonly db: Database,
    private readonly catalog: Catalog,
    private readonly guard: MassChangeGuard,
    private readonly packages: PackageRepository,
    private readonly contents: ContentRepository,
    private readonly servers: ServerStates,
    private readonly peers: PeerRepository,
    private readonly keys: AuthorKeys,
    private readonly reader: WriteReader,
    private readonly rights: AuthorRightsService,
    private readonly refused: RefusedWrites,
    private readonly refusals: PeerRefusals,
    private readonly jobs: Jobs,
  ) {}

  /** `keys`: those of the authors in it, as the peer vouches for them. */
  async receive(
    peer: Pick<Peer, 'name' | 'iss' | 'publicKey'>,
    items: readonly ReceivedItem[],
    keys: readonly unknown[] = [],
  ): Promise<Receipt> {
    const registered = await this.peers.findAll();
    await this.keys.pin(registered);
    await this.keys.take(peer, keys);
    const mustSign = registered.some(({ iss, signs }) => iss === peer.iss && signs);
    const packages = items.filter(({ server }) => server === undefined);
    const { arrivals, refused, isSigning } = await this.reader.read(packages, mustSign);
    if (isSigning && !mustSign) await this.peers.markSigning(peer.iss);
    const admit = await this.rights.judgeFor(peer.iss);
    const merged = await this.merge(peer, arrivals, admit);
    const all = [...refused, ...merged.refused];
    await this.refused.keep(peer, all);
    await this.wake(packages.filter(({ held }) => held));
    const summaries = items.map(({ server }) => server).filter((server) => server !== undefined);
    const forged: string[] = [];
    const heard = await this.servers.merge(peer, summaries, forged);
    const reasons = all.map(({ reason }) => reason);
    await this.refusals.note(peer, [...reasons, ...forged]);
    return { taken: merged.taken + heard, refused: reasons.slice(0, MAX_REASONS), refusedSeqs: seqsOf(packages, all) };
  }

  private async merge(
    { iss, name }: Pick<Peer, 'name' | 'iss'>,
    arrivals: readonly Arrival[],
    admit: MergeOptions['admit'],
  ): Promise<MergeResult> {
    const from = { iss, name, massChangeIn: await this.guard.massAltogether(await this.catalog.foresee(arrivals)) };
    let taken = 0;
    const refused: Refusal[] = [];
    for (let at = 0; at < arrivals.length; at += MERGE_BATCH) {
      const result = await this.mergeApart(arrivals.slice(at, at + MERGE_BATCH), { from, ...(admit ? { admit } : {}) });
      taken += result.taken;
      refused.push(...result.refused);
    }
    return { taken, refused };
  }

  /** A batch that the database does not take is halved until the part at fault is alone; that one is refused, the others are merged. */
  private async mergeApart(arrivals: readonly Arrival[], options: MergeOptions): Promise<MergeResult> {
    try {
      return await this.catalog.merge(arrivals, options);
    } catch (error) {
      if (!isDataRefused(error)) throw error;
      const [first] = arrivals;
      if (arrivals.length === 1) {
        const reason = `The database does not take the entry of ${first!.filename}.`;
        return { taken: 0, refused: [{ code: 'malformed', filename: first!.filename, reason, writes: [] }] };
      }
      const half = Math.ceil(arrivals.length / 2);
      const [one, other] = [await this.mergeApart(arrivals.slice(0, half), options), await this.mergeApart(arrivals.slice(half), options)];
      return { taken: one.taken + other.taken, refused: [...one.refused, ...other.refused] };
    }
  }

  /** A peer has bytes that this server waits for: look again now, whatever the back-off says. */
  private async wake(held: readonly ReceivedItem[]): Promise<void> {
    const named = held.map(({ entry }) => (entry as { uuid?: unknown } | null)?.uuid);
    const uuids = named.filter(isHexId);
    const states = await this.contents.findStates(uuids);
    const absent = uuids.filter((uuid) => states.get(uuid) === 'absent');
    if (absent.length === 0) return;
    const wanted = await this.packages.findWanted(absent);
    await this.db.transaction(
      async () => {
        for (const uuid of wanted) await this.jobs.add(ContentWanted, { uuid }, { key: uuid, now: true });
      },
      { canBeLost: true },
    );
  }
}
