import { inject, Injectable, signal } from '@angular/core';
import { Api, inspectPackage, type InspectionDto } from '#libs/api-client';
import { byName } from './addressing';

/** Asked about in one round at most. */
const MOST = 20;

/** What was read in packages that were uploaded here. */
@Injectable({ providedIn: 'root' })
export class InspectionFollower {
  private readonly api = inject(Api);
  private readonly known = signal<ReadonlyMap<string, InspectionDto>>(new Map());

  /** Null while it is not inspected. */
  inspectionOf(filename: string): InspectionDto | null {
    const found = this.known().get(filename);
    return found && found.state !== 'waiting' ? found : null;
  }

  /** A server that does not answer leaves what was known; the page says that it is away. */
  async follow(filenames: readonly string[]): Promise<void> {
    for (const filename of [...new Set(filenames)].filter((name) => this.inspectionOf(name) === null).slice(0, MOST)) {
      const found = await this.api.invoke(inspectPackage, byName(filename)).catch(() => null);
      if (found) this.known.update((before) => new Map(before).set(filename, found));
    }
  }

  forget(filenames: readonly string[]): void {
    this.known.update((before) => new Map([...before].filter(([name]) => !filenames.includes(name))));
  }
}
