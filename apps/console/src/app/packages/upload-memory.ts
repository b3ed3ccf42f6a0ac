import { Injectable } from '@angular/core';
import type { Stage } from './status-words';

/** An upload that was begun: what is needed to go on with it after a reload. The browser gives the file itself only to its user. */
export interface Begun {
  readonly address: string;
  readonly name: string;
  readonly size: number;
  readonly lastModified: number;
  readonly stage: Stage | null;
  readonly replaces: boolean;
}

const KEY = 'ods-uploads';

/** Begun uploads, kept in the browser. */
@Injectable({ providedIn: 'root' })
export class UploadMemory {
  all(): readonly Begun[] {
    try {
      const kept = JSON.parse(localStorage.getItem(KEY) ?? '[]') as unknown;
      return Array.isArray(kept)
        ? (kept as Begun[]).filter(({ address, name }) => typeof address === 'string' && typeof name === 'string')
        : [];
    } catch {
      return []; // not ours, or damaged: worth no more than forgetting it
    }
  }

  keep(begun: Begun): void {
    this.write([...this.all().filter(({ address }) => address !== begun.address), begun]);
  }

  drop(address: string): void {
    this.write(this.all().filter((each) => each.address !== address));
  }

  private write(list: readonly Begun[]): void {
    localStorage.setItem(KEY, JSON.stringify(list));
  }
}
