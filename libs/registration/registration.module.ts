import { Module } from '@nestjs/common';
import { PassportModule } from '@nestjs/passport';
import { AboutModule } from '#libs/about/about.module.js';
import { AuditModule } from '#libs/audit/audit.module.js';
import { EventsModule } from '#libs/events/events.module.js';
import { AdmissionService } from './admission.service.js';
import { PeerChallenge } from './peer-challenge.js';
import { PeerClient } from './peer-client.js';
import { PeerPresence } from './peer-presence.js';
import { PeerRegister } from './peer-register.js';
import { PeerRegistrationController } from './peer-registration.controller.js';
import { PeerStrategy } from './peer.strategy.js';
import { PeerTokens } from './peer-tokens.js';
import { PeerRepository } from './peer.repository.js';
import { PeersService } from './peers.service.js';
import { RegistrationController } from './registration.controller.js';
import {
  AskPeersHandler,
  PurgeSeenTokensHandler,
  SayGoodbyeHandler,
  ServerChangedHandler,
  TellPeerHandler,
} from './registration.handlers.js';
import { RegistrationService } from './registration.service.js';
import { RegistrationThrottle } from './registration-throttle.js';
import { SeenTokenRepository } from './seen-token.repository.js';

/** The servers this one knows, and how they trust each other. */
@Module({
  imports: [AboutModule, AuditModule, EventsModule, PassportModule],
  providers: [
    AdmissionService,
    PeerChallenge,
    PeerClient,
    PeerPresence,
    PeerRegister,
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
    PeerChallenge,
    PeerClient,
    PeerRepository,
    PeersService,
    RegistrationService,
    RegistrationThrottle,
    SeenTokenRepository,
  ],
})
export class RegistrationModule {}

/** Routes, for apps/api. */
@Module({ imports: [RegistrationModule], controllers: [RegistrationController, PeerRegistrationController] })
export class RegistrationHttpModule {}

/** Job handlers. */
@Module({
  imports: [RegistrationModule],
  providers: [ServerChangedHandler, AskPeersHandler, TellPeerHandler, SayGoodbyeHandler, PurgeSeenTokensHandler],
})
export class RegistrationJobsModule {}
