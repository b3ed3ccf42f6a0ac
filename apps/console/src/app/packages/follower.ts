import { inject, signal } from '@angular/core';
import { Api } from '#libs/api-client';

/** Asked about in one round at most. */
const MOST = 20;

/** Asks about packages again and again, each until what is known of it is settled. */
export abstract class Follower<Known> {
  protected readonly api = inject(Api);
  private readonly all = signal<ReadonlyMap<string, Known>>(new Map());

  protected abstract ask(filename: string): Promise<Known>;
  protected abstract settles(known: Known): boolean;

  protected knownOf(filename: string): Known | undefined {
    return this.all().get(filename);
  }

  isSettled = (filename: string): boolean => {
    const known = this.knownOf(filename);
    return known !== undefined && this.settles(known);
  };

  /** A server that does not answer leaves what was known; the page says that it is away. */
  async follow(filenames: readonly string[]): Promise<void> {
    for (const filename of [...new Set(filenames)].filter((name) => !this.isSettled(name)).slice(0, MOST)) {
      const known = await this.ask(filename).catch(() => null);
      if (known !== null) this.all.update((before) => new Map(before).set(filename, known));
    }
  }

  /** For packages that get another content. Called with every step of an upload: mostly there is nothing to forget. */
  forget(filenames: readonly string[]): void {
    if (!filenames.some((name) => this.all().has(name))) return;
    this.all.update((before) => new Map([...before].filter(([name]) => !filenames.includes(name))));
  }
}
