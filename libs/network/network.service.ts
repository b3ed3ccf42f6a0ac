import { Injectable } from '@nestjs/common';
import { AuditTrail } from '#libs/audit/audit-trail.js';
import type { Package } from '#libs/entities/package.entity.js';
import { ServerIdentity } from '#libs/about/server-identity.js';
import { PackageRepository } from '#libs/packages/package.repository.js';
import { PackagesService } from '#libs/packages/packages.service.js';
import { Database } from '#libs/platform/database/database.js';
import { PeerRepository } from '#libs/registration/peer.repository.js';
import { bucketOf } from '#libs/replication/catalog-digest.js';
import { everywhereSentence, type Verdict, verdictOn } from '#libs/replication/verdict.js';
import { IncompletePackages } from './incomplete-packages.js';
import { KnownServers, type NetworkServer } from './known-servers.js';
import { MissingContents } from './missing-contents.js';
import { NetworkPackageRepository } from './network-package.repository.js';
import { ServerNotForgettable, ServerUnknown } from './network.errors.js';
import { ServerStateRepository } from './server-state.repository.js';
import { isIss } from '#libs/registration/peer-tokens.js';

/** One cell of the matrix: a package at a server. */
export interface Placed {
  readonly server: NetworkServer;
  readonly verdict: Verdict;
}

/** One row of the matrix. */
export interface PlacedPackage {
  readonly row: Package;
  readonly isEverywhere: boolean;
  readonly sentence: string;
  readonly places: readonly Placed[];
}

export interface NetworkView {
  readonly servers: readonly NetworkServer[];
  /** Pairs of registered servers. */
  readonly links: readonly (readonly [string, string])[];
  readonly packages: number;
  readonly incompletePackages: number;
}

/** Which packages are where, in the whole mesh. */
@Injectable()
export class NetworkService {
  constructor(
    private readonly servers: KnownServers,
    private readonly missing: MissingContents,
    private readonly incomplete: IncompletePackages,
    private readonly states: ServerStateRepository,
    private readonly packages: PackageRepository,
    private readonly network: NetworkPackageRepository,
    private readonly catalog: PackagesService,
    private readonly peers: PeerRepository,
    private readonly identity: ServerIdentity,
    private readonly db: Database,
    private readonly audit: AuditTrail,
  ) {}

  async view(): Promise<NetworkView> {
    const servers = await this.servers.all();
    const incompletePackages = (await this.incomplete.ids(servers)).length;
    return { servers, links: linksOf(servers), packages: servers[0]!.summary!.packages, incompletePackages };
  }

  /** A page of the matrix in the order of the packages' ids. */
  async matrix(isIncompleteOnly: boolean, afterId: number, limit: number): Promise<{ rows: PlacedPackage[]; next: number | null }> {
    const servers = await this.servers.all();
    const found = isIncompleteOnly ? await this.incompleteAfter(servers, afterId, limit) : await this.presentAfter(afterId, limit);
    return { rows: await this.place(found.rows, servers), next: found.next };
  }

  /** Where one package is. Throws PackageNotFound. */
  async placesOf(idOrName: string): Promise<PlacedPackage> {
    const [placed] = await this.place([await this.catalog.get(idOrName)], await this.servers.all());
    return placed!;
  }

  /** A server that was taken out of service need not be shown for ever. It comes back by itself when it speaks again. */
  async forget(iss: string): Promise<void> {
    if (!isIss(iss)) throw new ServerUnknown();
    const isSelf = (await this.identity.get()).iss === iss;
    if (isSelf || (await this.peers.findByIss(iss))) throw new ServerNotForgettable(isSelf);
    await this.db.transaction(async () => {
      if (!(await this.states.forget(iss))) throw new ServerUnknown();
      await this.audit.record({ action: 'network.server_forgotten', subject: iss });
    });
  }

  private async incompleteAfter(servers: readonly NetworkServer[], afterId: number, limit: number) {
    const ids = (await this.incomplete.ids(servers)).filter((id) => id > afterId);
    const page = ids.slice(0, limit);
    return { rows: await this.network.findByIds(page), next: ids.length > limit ? page.at(-1)! : null };
  }

  private async presentAfter(afterId: number, limit: number) {
    const found = await this.packages.findPresentAfter(afterId, limit + 1);
    const rows = found.slice(0, limit);
    return { rows, next: found.length > limit ? rows.at(-1)!.id : null };
  }

  private async place(rows: readonly Package[], servers: readonly NetworkServer[]): Promise<PlacedPackage[]> {
    const missingHere = new Map((await this.missing.among(rows.map(({ uuid }) => uuid))).map((each) => [each.uuid, each]));
    // Of this server all is known, not only what its summary has room for.
    const judged = servers.map((server): NetworkServer => {
      if (server.relation !== 'self') return server;
      return { ...server, missing: missingHere, summary: { ...server.summary!, missingCount: 0 } };
    });
    return rows.map((row) => {
      const asked = { uuid: row.uuid, stage: row.stage, bucket: bucketOf(row.filenameKey) };
      const places = judged.map((server) => ({ server, verdict: verdictOn(asked, server) }));
      const verdicts = places.map(({ verdict }) => verdict);
      const isEverywhere = verdicts.every(({ holding }) => holding === 'held' || holding === 'not_wanted');
      return { row, isEverywhere, sentence: everywhereSentence(verdicts), places };
    });
  }
}

/** Each pair of registered servers once, whichever of the two told of it; only servers that are shown. */
function linksOf(servers: readonly NetworkServer[]): (readonly [string, string])[] {
  const shown = new Set(servers.map(({ iss }) => iss));
  const pairs = new Map<string, readonly [string, string]>();
  for (const { iss, summary } of servers) {
    for (const peer of summary?.peers ?? []) {
      const pair = iss < peer ? ([iss, peer] as const) : ([peer, iss] as const);
      if (shown.has(peer) && peer !== iss) pairs.set(pair.join(), pair);
    }
  }
  return [...pairs.values()];
}
