import { addressKey } from '../address-key.js';
import { TooManyBodies } from './body-errors.js';

export interface BodyBudgetLimits {
  /** Bodies that are read at the same time, from one address and in all. */
  readonly perAddress: number;
  readonly total: number;
  /** What of them may be in memory. */
  readonly bytes: number;
}

const MIB = 2 ** 20;

/** Of callers who have proved who they are, and of all others: a crowd of strangers takes no place of a known caller. */
export const BODY_BUDGETS: Readonly<Record<'known' | 'stranger' | 'stream', BodyBudgetLimits>> = {
  known: { perAddress: 128, total: 512, bytes: 96 * MIB },
  stranger: { perAddress: 16, total: 128, bytes: 4 * MIB },
  /** Uploads: they go to the disk piece by piece. */
  stream: { perAddress: 128, total: 512, bytes: Infinity },
};

/** A body that is being read. Ending it twice is once. */
export interface BodyTicket {
  /** Throws TooManyBodies when there is no memory left for so many more bytes. */
  grow(bytes: number): void;
  end(): void;
}

/** Counts the bodies that are on their way in this process. */
export class BodyBudget {
  private readonly openOf = new Map<string, number>();
  private open = 0;
  private held = 0;

  constructor(private readonly limits: BodyBudgetLimits) {}

  /** Throws TooManyBodies. */
  begin(address: string): BodyTicket {
    const key = addressKey(address);
    const own = this.openOf.get(key) ?? 0;
    if (own >= this.limits.perAddress || this.open >= this.limits.total) throw new TooManyBodies();
    this.openOf.set(key, own + 1);
    this.open += 1;
    return this.ticket(key);
  }

  private ticket(key: string): BodyTicket {
    let mine = 0;
    let isOpen = true;
    return {
      grow: (bytes) => {
        if (this.held + bytes > this.limits.bytes) throw new TooManyBodies();
        this.held += bytes;
        mine += bytes;
      },
      end: () => {
        if (!isOpen) return;
        isOpen = false;
        this.held -= mine;
        this.open -= 1;
        const left = this.openOf.get(key)! - 1;
        if (left === 0) this.openOf.delete(key);
        else this.openOf.set(key, left);
      },
    };
  }
}
