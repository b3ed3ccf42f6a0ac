/** Lets several tasks wait for "something changed": each `wake` ends all waits that are under way. */
export class Wakeup {
  private readonly waiting = new Set<() => void>();

  wait(signal: AbortSignal): Promise<void> {
    if (signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const end = () => {
        this.waiting.delete(end);
        signal.removeEventListener('abort', end);
        resolve();
      };
      this.waiting.add(end);
      signal.addEventListener('abort', end, { once: true });
    });
  }

  wake(): void {
    for (const end of [...this.waiting]) end();
  }
}
