import { Wakeup } from './wakeup.js';

/** A server with several small contents asked of it, and what came. */
interface Lane {
  readonly beganMs: number;
  bytes: number;
}

interface Named {
  readonly iss: string;
}

export interface RaceOptions<Peer extends Named, Goal extends { readonly uuid: string; readonly size: number }> {
  readonly wanted: readonly Goal[];
  /** Those that may have them, the best first. */
  readonly peers: readonly Peer[];
  /** Asks one; calls `arrived` for each that has come whole and is right, and `flowed` for each piece. Resolves when it has no more to give. */
  readonly ask: (
    peer: Peer,
    wanted: readonly Goal[],
    on: { arrived(goal: Goal, bytes: Buffer): void; flowed(bytes: number): void },
    signal: AbortSignal,
  ) => Promise<void>;
  /** How long so many bytes would likely take from there, in milliseconds; null when nothing is known. */
  readonly expectedMs: (peer: Peer, bytes: number) => number | null;
  readonly now: () => number;
}

export interface ArrivedSmall<Peer, Goal> {
  readonly peer: Peer;
  readonly goal: Goal;
  readonly bytes: Buffer;
}

/** How often the lanes are checked, and how long a server may take for its first byte at least; milliseconds. */
const LOOK_MS = 250;
/** What is expected of a server of which nothing is known, in milliseconds. */
const UNKNOWN_MS = 500;
/** Another one is asked when it would likely be done in this part of the time. */
const WORTH_TAKING = 2;

/**
 * Brings small contents from the best server, and from the next one as well as soon as that would likely be done much earlier: one
 * that does not answer, or is slow, holds up nothing that another one has (work stealing). What comes first counts.
 */
export class SmallRace<Peer extends Named, Goal extends { readonly uuid: string; readonly size: number }> {
  private readonly missing: Map<string, Goal>;
  private readonly lanes = new Set<Lane>();
  private readonly waiting: Peer[] = [];
  private readonly known = new Set<string>();
  private readonly news = new Wakeup();
  private readonly over = new AbortController();
  private came: ArrivedSmall<Peer, Goal>[] = [];

  constructor(private readonly options: RaceOptions<Peer, Goal>) {
    this.missing = new Map(options.wanted.map((goal) => [goal.uuid, goal]));
    this.offer(options.peers);
  }

  /** Servers that may have them; one that comes, or comes back, meanwhile joins. */
  offer(peers: readonly Peer[]): void {
    for (const peer of peers) {
      if (this.known.has(peer.iss)) continue;
      this.known.add(peer.iss);
      this.waiting.push(peer);
    }
  }

  /** What has come since the last call. */
  take(): ArrivedSmall<Peer, Goal>[] {
    const came = this.came;
    this.came = [];
    return came;
  }

  /** Resolves when all have come, or every server has given what it has. Rejects when `signal` is aborted. */
  async run(signal: AbortSignal): Promise<void> {
    const both = AbortSignal.any([signal, this.over.signal]);
    const running = new Set<Promise<void>>();
    const look = setInterval(() => this.news.wake(), LOOK_MS);
    try {
      while (this.missing.size > 0 && (this.lanes.size > 0 || this.waiting.length > 0)) {
        signal.throwIfAborted();
        if (!this.isTimeForAnother()) {
          await this.news.wait(both);
          continue;
        }
        const lane = this.start(this.waiting.shift()!, both).finally(() => running.delete(lane));
        running.add(lane);
      }
      signal.throwIfAborted();
    } finally {
      clearInterval(look);
      this.over.abort();
      await Promise.all(running);
    }
  }

  private async start(peer: Peer, signal: AbortSignal): Promise<void> {
    const lane: Lane = { beganMs: this.options.now(), bytes: 0 };
    this.lanes.add(lane);
    const on = {
      arrived: (goal: Goal, bytes: Buffer) => {
        if (this.missing.delete(goal.uuid)) this.came.push({ peer, goal, bytes });
        if (this.missing.size === 0) this.news.wake();
      },
      flowed: (bytes: number) => void (lane.bytes += bytes),
    };
    try {
      await this.options.ask(peer, [...this.missing.values()], on, signal);
    } finally {
      this.lanes.delete(lane);
      this.news.wake();
    }
  }

  private isTimeForAnother(): boolean {
    const [next] = this.waiting;
    if (next === undefined) return false;
    if (this.lanes.size === 0) return true;
    const left = [...this.missing.values()].reduce((sum, { size }) => sum + size, 0);
    const [now, other] = [this.options.now(), this.options.expectedMs(next, left) ?? UNKNOWN_MS];
    return Math.min(...[...this.lanes].map((lane) => this.timeLeft(lane, left, now))) > WORTH_TAKING * other + LOOK_MS;
  }

  /** How much longer a lane will likely take, in milliseconds; without end when nothing came in time. */
  private timeLeft({ beganMs, bytes }: Lane, left: number, now: number): number {
    const passed = now - beganMs;
    if (bytes === 0) return passed > LOOK_MS ? Infinity : 0;
    return passed < LOOK_MS ? 0 : (left * passed) / bytes;
  }
}
