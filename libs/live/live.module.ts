import { Module } from '@nestjs/common';
import { AccountsModule } from '#libs/accounts/accounts.module.js';
import { EventsModule } from '#libs/events/events.module.js';
import { SyncModule } from '#libs/sync/sync.module.js';
import { EventStream } from './event-stream.js';
import { LiveController } from './live.controller.js';
import { LiveState } from './live-state.js';

/** Live events, for apps/api. */
@Module({ imports: [AccountsModule, EventsModule, SyncModule], providers: [EventStream, LiveState], controllers: [LiveController] })
export class LiveHttpModule {}
