import { Injectable, Logger, type OnModuleDestroy } from '@nestjs/common';
import { DomainEventRepository } from '#libs/events/domain-event.repository.js';
import { DomainEvents } from '#libs/events/domain-events.js';
import { TransferDto } from '#libs/sync/transfers/transfer.dto.js';
import { TransfersService } from '#libs/sync/transfers/transfers.service.js';
import { stateFrame } from './event-frame.js';

/** How often the database is asked for events of other processes and for the state of transfers; in milliseconds. */
const LOOK_MS = 1_000;
const SHOWN = 50;

export interface Listener {
  /** There may be events to read. */
  news(): void;
  /** How transfers stand now. */
  state(frame: string): void;
}

/** Looks once for all who listen: one question a second, however many pages are open, and none when none is. */
@Injectable()
export class LiveState implements OnModuleDestroy {
  private readonly logger = new Logger(LiveState.name);
  private readonly listeners = new Set<Listener>();
  private timer: NodeJS.Timeout | undefined;
  private endNews: (() => void) | undefined;
  private newest = 0;
  private lastTransfers = '';

  constructor(
    private readonly events: DomainEventRepository,
    private readonly own: DomainEvents,
    private readonly transfers: TransfersService,
  ) {}

  listen(listener: Listener): () => void {
    this.listeners.add(listener);
    if (this.lastTransfers !== '') listener.state(this.lastTransfers);
    if (this.listeners.size === 1) this.begin();
    return () => {
      this.listeners.delete(listener);
      if (this.listeners.size === 0) this.end();
    };
  }

  onModuleDestroy(): void {
    this.end();
  }

  private begin(): void {
    this.endNews = this.own.onNews(() => this.announceNews());
    this.timer = setInterval(() => {
      this.readNews().catch((error: unknown) => this.logger.debug(`Could not read events: ${String(error)}`)); // in a second again
    }, LOOK_MS);
  }

  private end(): void {
    clearInterval(this.timer);
    this.endNews?.();
    this.lastTransfers = '';
  }

  private async readNews(): Promise<void> {
    const newest = await this.events.newestId();
    if (newest > this.newest) this.announceNews();
    this.newest = newest;
    const frame = stateFrame('transfers', await this.activeTransfers());
    if (frame === this.lastTransfers) return;
    this.lastTransfers = frame;
    for (const listener of this.listeners) listener.state(frame);
  }

  private async activeTransfers(): Promise<{ items: TransferDto[] }> {
    const active = await this.transfers.listActive(SHOWN);
    if (active.length === 0) return { items: [] };
    const names = await this.transfers.sourceNames();
    const now = Date.now();
    return { items: active.map((transfer) => TransferDto.from(transfer, names, now)) };
  }

  private announceNews(): void {
    for (const listener of this.listeners) listener.news();
  }
}
