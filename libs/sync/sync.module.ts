import { Module } from '@nestjs/common';
import { NetworkModule } from '#libs/network/network.module.js';
import { PackagesModule } from '#libs/packages/packages.module.js';
import { RegistrationModule } from '#libs/registration/registration.module.js';
import { CatalogChangedHandler } from './catalog-changed.handler.js';
import { ContentBatch } from './content-batch.js';
import { ContentFetcher } from './content-fetcher.js';
import { ContentOffer } from './content-offer.js';
import { ContentSources } from './content-sources.js';
import { FeedReader } from './feed-reader.js';
import { Feed } from './feed.js';
import { FetchContentHandler } from './fetch-content.handler.js';
import { HeldDeletesController } from './held-deletes.controller.js';
import { HeldDeletesService } from './held-deletes.service.js';
import { ContentPush } from './firewalled/content-push.js';
import { ContentReceipt } from './firewalled/content-receipt.js';
import { ListenToPeerHandler } from './firewalled/listen-to-peer.handler.js';
import { OutboundContent } from './firewalled/outbound-content.js';
import { PeerPushController } from './firewalled/peer-push.controller.js';
import { PushContentHandler } from './firewalled/push-content.handler.js';
import { PushedTransferRepository } from './firewalled/pushed-transfer.repository.js';
import { WantList } from './firewalled/want-list.js';
import { Inbox } from './inbox.js';
import { LocalBlocks } from './local-blocks.js';
import { NotificationsService } from './notifications.service.js';
import { NotifyPeerHandler } from './notify-peer.handler.js';
import { PeerContentController } from './peer-content.controller.js';
import { PeerContentsController } from './peer-contents.controller.js';
import { PeerFeedController } from './peer-feed.controller.js';
import { PullPeerHandler } from './pull-peer.handler.js';
import { RangeReader } from './range-reader.js';
import { PeerNewsHandler, ReconcilePeersHandler } from './reconcile-peers.handler.js';
import { ReplicationController } from './replication.controller.js';
import { ReplicationLimits } from './replication-limits.js';
import { ReplicationSettingsRepository } from './replication-settings.repository.js';
import { RetireContentHandler } from './retire-content.handler.js';
import { SmallContents } from './small-contents.js';
import { StartUpReconciliation } from './start-up-reconciliation.js';
import { Throttle } from './throttle.js';
import { TransferWaker } from './transfer-waker.js';
import { TransferSlots } from './transfer-slots.js';
import { TransferRepository } from './transfer.repository.js';
import { TransfersController } from './transfers.controller.js';
import { TransfersService } from './transfers.service.js';

/** How packages travel between servers. */
@Module({
  imports: [NetworkModule, PackagesModule, RegistrationModule],
  providers: [
    ContentOffer,
    ContentSources,
    Feed,
    Inbox,
    NotificationsService,
    ReplicationLimits,
    ReplicationSettingsRepository,
    Throttle,
    TransferRepository,
    TransferWaker,
    TransfersService,
    WantList,
  ],
  exports: [
    PackagesModule,
    RegistrationModule,
    ContentOffer,
    ContentSources,
    Feed,
    Inbox,
    NotificationsService,
    ReplicationLimits,
    Throttle,
    TransferRepository,
    TransferWaker,
    TransfersService,
    WantList,
  ],
})
export class SyncModule {}

/** Routes, for apps/api. */
@Module({
  imports: [SyncModule],
  providers: [ContentBatch, ContentReceipt, HeldDeletesService, PushedTransferRepository, StartUpReconciliation],
  controllers: [
    HeldDeletesController,
    PeerFeedController,
    PeerContentController,
    PeerContentsController,
    PeerPushController,
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
    ReconcilePeersHandler,
    RetireContentHandler,
    SmallContents,
    TransferSlots,
  ],
})
export class SyncJobsModule {}
