/** How far a server has read another's feed (MESH §3). */
export interface FeedPosition {
  /** The epoch of the feed's database; null before anything was read. */
  readonly epoch: string | null;
  readonly seq: number;
}

export interface FeedAnswer {
  readonly epoch: string;
  /** Ask for changes after this number next. */
  readonly next: number;
  /** The newest number of the feed. */
  readonly last: number;
}

/**
 * Where a reader continues after an answer. At 0 when the feed belongs to another database than before, or ends before the
 * place that was reached: then its server was restored from a backup, and its numbers mean other changes now.
 */
export function positionAfter(from: FeedPosition, answer: FeedAnswer): FeedPosition {
  const isOther = (from.epoch !== null && from.epoch !== answer.epoch) || answer.last < from.seq;
  return { epoch: answer.epoch, seq: isOther && from.seq > 0 ? 0 : answer.next };
}

/**
 * How far a peer has acknowledged our feed after it took everything up to `next`. The answer names its database: another one than
 * before has forgotten all that its predecessor acknowledged.
 */
export const acknowledgedAfter = (knownEpoch: string | null, answerEpoch: string, next: number): number =>
  knownEpoch === null || knownEpoch === answerEpoch ? next : 0;

/** Where a push to a peer begins: behind what it acknowledged, unless our own feed ends before that because we were restored. */
export const feedStart = (acknowledged: number, ownLast: number): number => (acknowledged > ownLast ? 0 : acknowledged);

/** Notices that one address answers with the feeds of two databases in turn: then reading it to the end would never end. */
export class FeedWatch {
  /** More databases than this, one after the other, are no restored backups. */
  private static readonly MOST = 3;
  private readonly left = new Set<string>();

  /** True when a reading has gone back to a database that it had left. The epoch of one that was put back from a backup is a new one. */
  hasReturned(from: FeedPosition, { epoch }: FeedPosition): boolean {
    if (from.epoch === null || epoch === null || from.epoch === epoch) return false;
    this.left.add(from.epoch);
    return this.left.has(epoch) || this.left.size > FeedWatch.MOST;
  }
}
