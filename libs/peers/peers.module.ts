import { Module } from '@nestjs/common';
import { PassportModule } from '@nestjs/passport';
import { AboutModule } from '#libs/about/about.module.js';
import { AuditModule } from '#libs/audit/audit.module.js';
import { EventsModule } from '#libs/events/events.module.js';
import { AuthorRightsRepository } from './author-rights.repository.js';
import { AdmissionService } from './registration/admission.service.js';
import { BlockedServerRepository } from './blocking/blocked-server.repository.js';
import { BlockedServersController } from './blocking/blocked-servers.controller.js';
import { BlockList } from './blocking/block-list.js';
import { InvitationRepository } from './invitations/invitation.repository.js';
import { InvitationsController } from './invitations/invitations.controller.js';
import { InvitationsService } from './invitations/invitations.service.js';
import { AnswerSigner } from './auth/answer-signer.js';
import { PeerAddressPolicy } from './registration/peer-address.js';
import { PeerChallenge } from './registration/peer-challenge.js';
import { OwnClock } from './clocks/own-clock.js';
import { PeerClockRepository } from './clocks/peer-clock.repository.js';
import { PeerClocks } from './clocks/peer-clocks.js';
import { CheckClockHandler } from './clocks/check-clock.handler.js';
import { PeerCircuits } from './client/peer-circuits.js';
import { PeerClient } from './client/peer-client.js';
import { PeerRuns } from './identity/peer-runs.js';
import { PeerRunRepository } from './identity/peer-run.repository.js';
import { PeerPresence } from './peer-presence.js';
import { PeerRefusals } from './peer-refusals.js';
import { PeerRegister } from './peer-registry.js';
import { PeerRegistrationController } from './registration/peer-registration.controller.js';
import { PeerStrategy } from './auth/peer.strategy.js';
import { PeerTokens } from './auth/peer-tokens.js';
import { PeerRepository } from './peer.repository.js';
import { PeersService } from './peers.service.js';
import { RegistrationController } from './registration/registration.controller.js';
import {
  RefreshPeersHandler,
  PurgeSeenTokensHandler,
  UnregisterPeerHandler,
  ServerChangedHandler,
  AnnounceServerHandler,
} from './registration/registration.handlers.js';
import { RegistrationService } from './registration/registration.service.js';
import { RegistrationThrottle } from './registration/registration-throttle.js';
import { SeenTokenRepository } from './auth/seen-token.repository.js';

/** The servers this one knows, and how they trust each other. */
@Module({
  imports: [AboutModule, AuditModule, EventsModule, PassportModule],
  providers: [
    AdmissionService,
    AnswerSigner,
    AuthorRightsRepository,
    OwnClock,
    PeerAddressPolicy,
    BlockedServerRepository,
    BlockList,
    InvitationRepository,
    InvitationsService,
    PeerChallenge,
    PeerRuns,
    PeerRunRepository,
    PeerCircuits,
    PeerClient,
    PeerClockRepository,
    PeerClocks,
    PeerPresence,
    PeerRegister,
    PeerRefusals,
    PeerRepository,
    PeersService,
    PeerStrategy,
    PeerTokens,
    RegistrationService,
    RegistrationThrottle,
    SeenTokenRepository,
  ],
  exports: [
    PeerStrategy,
    AboutModule,
    AdmissionService,
    AnswerSigner,
    AuthorRightsRepository,
    OwnClock,
    BlockList,
    InvitationsService,
    PeerChallenge,
    PeerRuns,
    PeerCircuits,
    PeerClient,
    PeerClockRepository,
    PeerRefusals,
    PeerRepository,
    PeersService,
    RegistrationService,
    RegistrationThrottle,
    SeenTokenRepository,
  ],
})
export class RegistrationModule {}

/** Routes, for apps/api. */
@Module({
  imports: [RegistrationModule],
  controllers: [RegistrationController, PeerRegistrationController, BlockedServersController, InvitationsController],
})
export class RegistrationHttpModule {}

/** Job handlers. */
@Module({
  imports: [RegistrationModule],
  providers: [
    CheckClockHandler,
    ServerChangedHandler,
    RefreshPeersHandler,
    AnnounceServerHandler,
    UnregisterPeerHandler,
    PurgeSeenTokensHandler,
  ],
})
export class RegistrationJobsModule {}
