import type { Source } from './content-sources.js';

/** Peers that offer a content, in the order in which they answer: those that answer at once are not kept waiting by those that do not. */
export class SourceSearch {
  /** Resolves when every peer has answered or was given up. */
  readonly ended: Promise<void>;
  private readonly found: Source[] = [];
  private readonly listeners: ((source: Source) => void)[] = [];
  private readonly stopping = new AbortController();
  private hasEnded = false;

  /** Each question resolves with a source, or with null. */
  constructor(ask: (signal: AbortSignal) => readonly Promise<Source | null>[], signal: AbortSignal) {
    const both = AbortSignal.any([signal, this.stopping.signal]);
    const answers = ask(both).map(async (question) => {
      const source = await question;
      if (source && !this.stopping.signal.aborted) this.add(source);
    });
    this.ended = Promise.allSettled(answers).then(() => {
      this.hasEnded = true;
    });
  }

  /** Sources that are known without asking. */
  static of(sources: readonly Source[]): SourceSearch {
    const search = new SourceSearch(() => [], new AbortController().signal);
    for (const source of sources) search.add(source);
    search.hasEnded = true;
    return search;
  }

  get isOver(): boolean {
    return this.hasEnded;
  }

  /** Those that were found by now. */
  get sources(): readonly Source[] {
    return this.found;
  }

  /** Resolves when a source was found that has something, or all have answered. */
  async first(): Promise<void> {
    if (this.found.some(({ available }) => available.count > 0) || this.hasEnded) return;
    const something = new Promise<void>((resolve) => this.forEach(({ available }) => available.count > 0 && resolve()));
    await Promise.race([something, this.ended]);
  }

  /** Called for those that were found, and for each that will be. */
  forEach(listener: (source: Source) => void): void {
    for (const source of this.found) listener(source);
    this.listeners.push(listener);
  }

  /** Questions that are open are given up. */
  stop(): void {
    this.stopping.abort();
  }

  private add(source: Source): void {
    this.found.push(source);
    for (const listener of this.listeners) listener(source);
  }
}
