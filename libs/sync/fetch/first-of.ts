import { Wakeup } from './wakeup.js';
import type { Source } from './content-sources.js';
import type { SourceSearch } from './source-search.js';

/**
 * Asks one source after the other until one gives an answer; one that takes longer than `patienceMs` is not waited for alone: the next
 * is asked as well, and the first answer counts. Null when all were asked and none has it. Rejects when `signal` is aborted.
 */
export async function firstOf<T>(
  search: SourceSearch,
  patienceMs: number,
  signal: AbortSignal,
  ask: (source: Source, signal: AbortSignal) => Promise<T | null>,
): Promise<T | null> {
  const over = new AbortController();
  const both = AbortSignal.any([signal, over.signal]);
  const news = new Wakeup();
  const left: Source[] = [];
  search.forEach((source) => {
    left.push(source);
    news.wake();
  });
  void search.ended.then(() => news.wake());
  let answer: T | null = null;
  let running = 0;
  const start = (source: Source): void => {
    running += 1;
    void ask(source, both)
      .then((given) => void (answer ??= given))
      .catch(() => undefined) // as if it had nothing: `ask` says why
      .finally(() => {
        running -= 1;
        news.wake();
      });
  };
  const patience = setInterval(() => {
    const next = left.shift();
    if (next) start(next);
  }, patienceMs);
  try {
    while (answer === null && (running > 0 || left.length > 0 || !search.isOver)) {
      signal.throwIfAborted();
      const next = running === 0 ? left.shift() : undefined;
      if (next) start(next);
      else await news.wait(signal);
    }
    signal.throwIfAborted();
    return answer;
  } finally {
    clearInterval(patience);
    over.abort();
  }
}
