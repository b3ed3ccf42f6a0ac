import { Module } from '@nestjs/common';
import { NetworkModule } from '#libs/network/network.module.js';
import { PackagesModule } from '#libs/packages/packages.module.js';
import { RegistrationModule } from '#libs/peers/peers.module.js';
import { TrustModule } from '#libs/trust/trust.module.js';
import { CatalogChangedHandler } from './catalog/catalog-changed.handler.js';
import { ContentBatch } from './serve/content-batch.js';
import { ContentChecks } from './fetch/content-check.js';
import { ContentFetcher } from './fetch/content-fetcher.js';
import { ContentOffer } from './serve/content-offer.js';
import { ContentSources } from './fetch/content-sources.js';
import { FeedReader } from './catalog/feed-reader.js';
import { Feed } from './catalog/feed.js';
import { FetchContentHandler } from './fetch/fetch-content.handler.js';
import { HeldChangesController, HeldDeletesController } from './held-changes/held-changes.controller.js';
import { HeldChangesService } from './held-changes/held-changes.service.js';
import { ContentPush } from './firewalled/content-push.js';
import { ContentReceipt } from './firewalled/content-receipt.js';
import { ListenToPeerHandler } from './catalog/listen-to-peer.handler.js';
import { OutboundContent } from './firewalled/outbound-content.js';
import { PeerPushController } from './firewalled/peer-push.controller.js';
import { PushContentHandler } from './firewalled/push-content.handler.js';
import { PushedTransferRepository } from './firewalled/pushed-transfer.repository.js';
import { WantList } from './firewalled/want-list.js';
import { CatalogReceiver } from './catalog/catalog-receiver.js';
import { LocalBlocks } from './fetch/local-blocks.js';
import { CatalogPushService } from './catalog/catalog-push.service.js';
import { NotifyPeerHandler } from './catalog/notify-peer.handler.js';
import { PeerContentController } from './serve/peer-content.controller.js';
import { PeerContentsController } from './serve/peer-contents.controller.js';
import { CatalogRanges } from './repair/catalog-ranges.js';
import { PeerRepairController } from './repair/peer-repair.controller.js';
import { RepairLog } from './repair/repair-log.js';
import { RepairPeer } from './repair/repair-peer.js';
import { RepairPeersHandler } from './repair/repair-peers.handler.js';
import { PeerFeedController } from './catalog/peer-feed.controller.js';
import { PullPeerHandler } from './catalog/pull-peer.handler.js';
import { RangeReader } from './fetch/range-reader.js';
import { PeerNewsHandler, ReconcilePeersHandler } from './catalog/reconcile-peers.handler.js';
import { ReviewRefusedWritesHandler } from './catalog/review-refused-writes.handler.js';
import { ReplicationController } from './limits/replication.controller.js';
import { ReplicationLimits } from './limits/replication-limits.js';
import { ReplicationSettingsRepository } from './limits/replication-settings.repository.js';
import { RetireContentHandler } from './retirement/retire-content.handler.js';
import { KeepPromises } from './retirement/keep-promises.js';
import { ReleaseOffers } from './retirement/release-offers.js';
import { SmallContents } from './fetch/small-content-fetcher.js';
import { StartUpReconciliation } from './start-up-reconciliation.js';
import { TransitCopies } from './transit/transit-copies.js';
import { Throttle } from './limits/throttle.js';
import { TransferWaker } from './transfers/transfer-waker.js';
import { TransferSlots } from './fetch/transfer-slots.js';
import { TransferRepository } from './transfers/transfer.repository.js';
import { TransfersController } from './transfers/transfers.controller.js';
import { TransfersService } from './transfers/transfers.service.js';

/** How packages travel between servers. */
@Module({
  imports: [NetworkModule, PackagesModule, RegistrationModule, TrustModule],
  providers: [
    ContentOffer,
    ContentSources,
    Feed,
    CatalogReceiver,
    CatalogPushService,
    CatalogRanges,
    RepairLog,
    ReplicationLimits,
    ReplicationSettingsRepository,
    Throttle,
    TransferRepository,
    TransferWaker,
    TransitCopies,
    TransfersService,
    WantList,
  ],
  exports: [
    NetworkModule,
    PackagesModule,
    RegistrationModule,
    TrustModule,
    ContentOffer,
    ContentSources,
    Feed,
    CatalogReceiver,
    CatalogPushService,
    CatalogRanges,
    RepairLog,
    ReplicationLimits,
    Throttle,
    TransferRepository,
    TransferWaker,
    TransitCopies,
    TransfersService,
    WantList,
  ],
})
export class SyncModule {}

/** Routes, for apps/api. */
@Module({
  imports: [SyncModule],
  providers: [ContentBatch, ContentReceipt, HeldChangesService, KeepPromises, PushedTransferRepository, StartUpReconciliation],
  controllers: [
    HeldChangesController,
    HeldDeletesController,
    PeerFeedController,
    PeerContentController,
    PeerContentsController,
    PeerPushController,
    PeerRepairController,
    ReplicationController,
    TransfersController,
  ],
})
export class SyncHttpModule {}

/** Job handlers. */
@Module({
  imports: [SyncModule],
  providers: [
    CatalogChangedHandler,
    ContentChecks,
    ContentFetcher,
    ContentPush,
    FeedReader,
    FetchContentHandler,
    ListenToPeerHandler,
    LocalBlocks,
    NotifyPeerHandler,
    OutboundContent,
    PeerNewsHandler,
    PullPeerHandler,
    PushContentHandler,
    RangeReader,
    RepairPeer,
    RepairPeersHandler,
    ReconcilePeersHandler,
    ReleaseOffers,
    RetireContentHandler,
    ReviewRefusedWritesHandler,
    SmallContents,
    TransferSlots,
  ],
})
export class SyncJobsModule {}
