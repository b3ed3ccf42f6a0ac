import { Injectable } from '@nestjs/common';
import { ServerIdentity } from '#libs/about/server-identity.js';
import { ContentRepository } from '#libs/packages/content.repository.js';
import { PackageStore } from '#libs/platform/storage/package-store.js';
import { PeerRepository } from '#libs/peers/peer.repository.js';
import { MAX_NAMED_KEPT, MAX_NAMED_PEERS, type ServerSummary } from '#libs/replication/server-summary.js';
import { JamfClaims } from './jamf-claims.js';
import { MissingContents, oneLine } from './missing-contents.js';
import { NetworkPackageRepository } from './network-package.repository.js';
import { OwnDigest } from './own-digest.js';

/** What this server says of itself. */
@Injectable()
export class OwnSummary {
  constructor(
    private readonly identity: ServerIdentity,
    private readonly peers: PeerRepository,
    private readonly digest: OwnDigest,
    private readonly missing: MissingContents,
    private readonly store: PackageStore,
    private readonly contents: ContentRepository,
    private readonly network: NetworkPackageRepository,
    private readonly claims: JamfClaims,
  ) {}

  async make(issuedMs: number): Promise<ServerSummary> {
    const { iss, name, stage, url, firewalledMode } = await this.identity.get();
    const digest = await this.digest.current();
    const missing = await this.missing.first();
    const jamf = await this.claims.own();
    return {
      iss,
      name: oneLine(name),
      stage,
      url: firewalledMode ? null : url,
      firewalledMode,
      issuedMs,
      peers: (await this.peers.findAll()).slice(0, MAX_NAMED_PEERS).map((peer) => peer.iss),
      freeBytes: await this.store.freeBytes(),
      packages: digest.presentCount,
      digest: digest.toText(),
      digest2: digest.partsText(),
      munkiDigest: digest.munkiText(),
      missing,
      kept: await this.contents.findWithdrawn(MAX_NAMED_KEPT),
      missingCount: Math.max(missing.length, await this.missing.count()),
      ...((await this.network.holdsTransitCopies()) ? { relays: true } : {}),
      ...(jamf === null ? {} : { jamf }),
    };
  }
}
