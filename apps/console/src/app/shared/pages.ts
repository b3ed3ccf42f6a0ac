import { signal } from '@angular/core';

/** Goes forth and back through the pages of a list that has a cursor for the next page only. */
export class Pages {
  /** Cursors of the pages before this one. */
  private readonly trail = signal<readonly (string | undefined)[]>([]);
  private readonly current = signal<string | undefined>(undefined);

  /** Undefined on the first page. */
  readonly cursor = this.current.asReadonly();
  readonly isFirst = (): boolean => this.trail().length === 0;

  next(cursor: string): void {
    this.trail.update((trail) => [...trail, this.current()]);
    this.current.set(cursor);
  }

  previous(): void {
    this.current.set(this.trail().at(-1));
    this.trail.update((trail) => trail.slice(0, -1));
  }

  restart(): void {
    this.trail.set([]);
    this.current.set(undefined);
  }
}
