import { Module } from '@nestjs/common';
import { PackagesModule } from '#libs/packages/packages.module.js';
import { RegistrationModule } from '#libs/peers/peers.module.js';
import { CopyCounter } from './copy-counter.js';
import { IncompletePackages } from './incomplete-packages.js';
import { JamfClaimRepository } from './jamf-claim.repository.js';
import { JamfClaims } from './jamf-claims.js';
import { KnownServers } from './known-servers.js';
import { MissingContents } from './missing-contents.js';
import { MunkiTakers } from './munki-takers.js';
import { NetworkNotices } from './network-notices.js';
import { NetworkPackageRepository } from './network-package.repository.js';
import { NetworkController } from './network.controller.js';
import { CountCopiesHandler, CountNewCopiesHandler, PublishSummaryHandler, SummaryDueHandler } from './network.handlers.js';
import { NetworkService } from './network.service.js';
import { OwnDigest } from './own-digest.js';
import { OwnSummary } from './own-summary.js';
import { PackageServersController } from './package-servers.controller.js';
import { PeerRepairRepository } from './peer-repair.repository.js';
import { ServerStateRepository } from './server-state.repository.js';
import { ServerStates } from './server-states.js';
import { SummaryPublisher } from './summary-publisher.js';

/** The servers of the whole mesh, and what each of them holds. */
@Module({
  imports: [PackagesModule, RegistrationModule],
  providers: [
    CopyCounter,
    IncompletePackages,
    JamfClaimRepository,
    JamfClaims,
    KnownServers,
    MissingContents,
    MunkiTakers,
    NetworkNotices,
    NetworkPackageRepository,
    NetworkService,
    OwnDigest,
    OwnSummary,
    PeerRepairRepository,
    ServerStateRepository,
    ServerStates,
    SummaryPublisher,
  ],
  exports: [
    CopyCounter,
    JamfClaims,
    KnownServers,
    MunkiTakers,
    NetworkService,
    OwnDigest,
    PeerRepairRepository,
    ServerStateRepository,
    ServerStates,
    SummaryPublisher,
  ],
})
export class NetworkModule {}

/** Routes, for apps/api. */
@Module({ imports: [NetworkModule], controllers: [NetworkController, PackageServersController] })
export class NetworkHttpModule {}

/** Job handlers. */
@Module({ imports: [NetworkModule], providers: [CountCopiesHandler, CountNewCopiesHandler, PublishSummaryHandler, SummaryDueHandler] })
export class NetworkJobsModule {}
