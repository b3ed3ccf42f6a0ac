import { Injectable } from '@nestjs/common';
import { AuditTrail } from '#libs/audit/audit-trail.js';
import type { Package } from '#libs/entities/package.entity.js';
import { ServerIdentity } from '#libs/about/server-identity.js';
import { PackageRepository } from '#libs/packages/package.repository.js';
import { type PackageAddress, PackageFinder } from '#libs/packages/package-finder.js';
import { Database } from '#libs/platform/database/database.js';
import type { OwnClockReport } from '#libs/peers/clocks/own-clock.js';
import { PeerRepository } from '#libs/peers/peer.repository.js';
import { bucketOf } from '#libs/replication/catalog-digest.js';
import { holdingAt, type HoldingStatus, type Spread, spreadOf, spreadSentence } from '#libs/replication/holding-status.js';
import { CopyCounter } from './copy-counter.js';
import { blockedSentence, blockersOf, type Waypoint } from '#libs/replication/route.js';
import type { Stage } from '#libs/replication/stage.js';
import { IncompletePackages } from './incomplete-packages.js';
import { KnownServers, type NetworkServer } from './known-servers.js';
import { MissingContents } from './missing-contents.js';
import { NetworkPackageRepository } from './network-package.repository.js';
import { type Notice, NetworkNotices } from './network-notices.js';
import { ServerNotForgettable, ServerUnknown } from './network.errors.js';
import { ServerStateRepository } from './server-state.repository.js';
import { isIss } from '#libs/peers/auth/peer-tokens.js';

/** One cell of the matrix: a package at a server. */
export interface Placed {
  readonly server: NetworkServer;
  readonly status: HoldingStatus;
}

/** One row of the matrix. */
export interface PlacedPackage {
  readonly row: Package;
  readonly spread: Spread;
  /** Verified copies that are known of, also where it is withdrawn. */
  readonly copies: number;
  readonly sentence: string;
  readonly places: readonly Placed[];
}

export interface NetworkView {
  readonly servers: readonly NetworkServer[];
  /** Pairs of registered servers. */
  readonly links: readonly (readonly [string, string])[];
  readonly packages: number;
  readonly incompletePackages: number;
  readonly clock: OwnClockReport;
  readonly notices: readonly Notice[];
}

/** Which packages are where, in the whole mesh. */
@Injectable()
export class NetworkService {
  constructor(
    private readonly servers: KnownServers,
    private readonly missing: MissingContents,
    private readonly incomplete: IncompletePackages,
    private readonly copies: CopyCounter,
    private readonly states: ServerStateRepository,
    private readonly packages: PackageRepository,
    private readonly network: NetworkPackageRepository,
    private readonly finder: PackageFinder,
    private readonly peers: PeerRepository,
    private readonly identity: ServerIdentity,
    private readonly db: Database,
    private readonly audit: AuditTrail,
    private readonly notices: NetworkNotices,
  ) {}

  async view(): Promise<NetworkView> {
    const servers = await this.servers.all();
    const incompletePackages = (await this.incomplete.ids(servers)).length;
    const { clock, notices } = await this.notices.all();
    return { servers, links: linksOf(servers), packages: servers[0]!.summary!.packages, incompletePackages, clock, notices };
  }

  /** A page of the matrix in the order of the packages' ids. */
  async matrix(isIncompleteOnly: boolean, afterId: number, limit: number): Promise<{ rows: PlacedPackage[]; next: number | null }> {
    const servers = await this.servers.all();
    const found = isIncompleteOnly ? await this.incompleteAfter(servers, afterId, limit) : await this.presentAfter(afterId, limit);
    return { rows: await this.place(found.rows, servers), next: found.next };
  }

  /** Where one package is. Throws PackageNotFound. */
  async placesOf(address: PackageAddress): Promise<PlacedPackage> {
    const [placed] = await this.place([await this.finder.find(address)], await this.servers.all());
    return placed!;
  }

  /** A server that was taken out of service need not be shown for ever. It reappears as soon as it reports again. */
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
    const found = await this.packages.findPresentAfter(afterId, limit + 1, '');
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
    const copies = await this.copies.count(rows, servers);
    return rows.map((row) => {
      const asked = { uuid: row.uuid, stage: row.stage, bucket: bucketOf(row.filenameKey) };
      const places = withWays(
        row.stage,
        judged.map((server) => ({ server, status: holdingAt(asked, server) })),
      );
      const statuses = places.map(({ status }) => status);
      return { row, copies: copies.get(row.uuid) ?? 0, spread: spreadOf(statuses), sentence: spreadSentence(statuses), places };
    });
  }
}

type Place = { readonly server: NetworkServer; readonly status: HoldingStatus };

/** Marks a server that lacks the package and has no route to it, so that no administrator waits for it. */
function withWays(stage: Stage, places: readonly Place[]): Place[] {
  const waypoints = places.map(({ server: { iss, name, stage: own, summary }, status }): Waypoint => {
    const holds = status.holding === 'held';
    return { iss, name, stage: own, relays: summary?.relays === true, peers: summary?.peers ?? null, holds };
  });
  return places.map((place) => {
    const { server, status } = place;
    if (status.holding !== 'missing') return place;
    const why = blockedSentence(server.name, stage, blockersOf(server.iss, stage, waypoints));
    return why === null ? place : { server, status: { ...status, sentence: why } };
  });
}

/** Each pair of registered servers once, whichever of the two reported it; only servers that are shown. */
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
