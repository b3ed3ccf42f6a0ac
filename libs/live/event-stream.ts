import { Injectable } from '@nestjs/common';
import { setTimeout as sleep } from 'node:timers/promises';
import { AdminStrategy } from '#libs/accounts/admin.strategy.js';
import { ApiTokensService } from '#libs/accounts/api-tokens.service.js';
import type { Principal } from '#libs/platform/admin-api/principal.js';
import { mayActAs } from '#libs/platform/admin-api/roles.decorator.js';
import type { DomainEvent } from '#libs/entities/domain-event.entity.js';
import { DomainEventRepository } from '#libs/events/domain-event.repository.js';
import { eventTypes, isEventType } from '#libs/events/event-types.js';
import { Shutdown } from '#libs/platform/http/shutdown.js';
import { commentFrame, eventFrame, positionFrame, stateFrame } from './event-frame.js';
import { LiveState } from './live-state.js';
import { TooManyStreams } from './live.errors.js';

const HEARTBEAT_MS = 15_000;
const PAGE = 200;
const MOST_STREAMS = 500;
const MOST_PER_CALLER = 20;

export interface Caller {
  readonly principal: Principal;
  /** The Authorization header's token: an API token is looked up again by it. */
  readonly bearer: string;
}

/** What happens, as it happens, for one page or program; it ends when the caller's sign-in does. */
@Injectable()
export class EventStream {
  private readonly open = new Map<string, number>();

  constructor(
    private readonly events: DomainEventRepository,
    private readonly live: LiveState,
    private readonly sessions: AdminStrategy,
    private readonly tokens: ApiTokensService,
    private readonly shutdown: Shutdown,
  ) {}

  /** Frames of server-sent events from after `lastId`; without it from now on. Throws TooManyStreams. */
  async frames(caller: Caller, lastId: number | null): Promise<AsyncGenerator<string>> {
    this.refuseTooMany(caller.principal);
    return this.run(caller, lastId ?? (await this.events.newestId()), await this.isBeyond(lastId));
  }

  private async *run(caller: Caller, lastId: number, isBeyond: boolean): AsyncGenerator<string> {
    const release = this.enter(caller.principal); // here, because what was never begun has no end
    const buffer = new StreamBuffer();
    const leave = this.live.listen(buffer);
    let position = lastId;
    try {
      yield 'retry: 2000\n\n';
      if (isBeyond) position = await this.events.newestId();
      yield isBeyond ? `id: ${position}\n${stateFrame('reset', {})}` : positionFrame(position);
      while (!this.shutdown.signal.aborted) {
        const page = await this.events.findAfter(position, PAGE);
        if (!(await this.isStillIn(caller))) return;
        for (const event of page) yield this.mayRead(caller.principal, event) ? eventFrame(event) : positionFrame(event.id);
        position = page.at(-1)?.id ?? position;
        yield* buffer.takeStates();
        if (page.length < PAGE && !(await buffer.wait(HEARTBEAT_MS, this.shutdown.signal))) yield commentFrame('still here');
      }
    } finally {
      leave();
      release();
    }
  }

  /** What the client has seen is not followed by what is kept: it was away too long, or the server was restored. It must load anew. */
  private async isBeyond(lastId: number | null): Promise<boolean> {
    if (lastId === null) return false;
    const [oldest, newest] = [await this.events.oldestId(), await this.events.newestId()];
    return lastId > newest || (lastId < newest && (oldest === null || lastId + 1 < oldest));
  }

  private mayRead({ role }: Principal, { type }: DomainEvent): boolean {
    return isEventType(type) && mayActAs(role, eventTypes[type].role);
  }

  private async isStillIn({ principal, bearer }: Caller): Promise<boolean> {
    try {
      const { role } =
        principal.sessionId === null
          ? await this.tokens.principalOf(bearer)
          : await this.sessions.validate({ sid: principal.sessionId, sub: String(principal.id) });
      return role === principal.role;
    } catch {
      return false; // signed out, revoked, or the database is away: the client reconnects and gets the reason
    }
  }

  private refuseTooMany(principal: Principal): void {
    const all = [...this.open.values()].reduce((sum, count) => sum + count, 0);
    if (all >= MOST_STREAMS || (this.open.get(keyOf(principal)) ?? 0) >= MOST_PER_CALLER) throw new TooManyStreams();
  }

  private enter(principal: Principal): () => void {
    const key = keyOf(principal);
    this.open.set(key, (this.open.get(key) ?? 0) + 1);
    return () => {
      const left = (this.open.get(key) ?? 1) - 1;
      if (left > 0) this.open.set(key, left);
      else this.open.delete(key);
    };
  }
}

const keyOf = ({ kind, id }: Principal): string => `${kind} ${id}`;

/** What has come in for one stream since it last looked. Of states only the newest counts. */
class StreamBuffer {
  private isNews = false;
  private newest: string | null = null;
  private wake: (() => void) | undefined;

  news(): void {
    this.isNews = true;
    this.wake?.();
  }

  state(frame: string): void {
    this.newest = frame;
    this.wake?.();
  }

  *takeStates(): Generator<string> {
    if (this.newest !== null) yield this.newest;
    this.newest = null;
  }

  /** True when there is something; false after `ms` of silence. */
  async wait(ms: number, signal: AbortSignal): Promise<boolean> {
    if (!this.isNews && this.newest === null) {
      const timer = new AbortController();
      const quiet = sleep(ms, undefined, { signal: AbortSignal.any([timer.signal, signal]) }).catch(() => undefined);
      await Promise.race([new Promise<void>((resolve) => (this.wake = resolve)), quiet]);
      timer.abort();
    }
    const hasSomething = this.isNews || this.newest !== null;
    this.isNews = false;
    return hasSomething;
  }
}
