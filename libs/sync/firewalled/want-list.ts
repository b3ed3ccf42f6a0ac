import { Injectable } from '@nestjs/common';
import { PackageRepository } from '#libs/packages/package.repository.js';

/** Most contents named in one answer: about 7 KiB. */
export const WANTS_LIMIT = 200;

export interface Wants {
  readonly wants: string[];
  /** Ask with this number for those that were wanted earlier; null when there are no more. */
  readonly wants_before: number | null;
}

/** What this server would take from a firewalled peer (MESH §7). */
@Injectable()
export class WantList {
  constructor(private readonly packages: PackageRepository) {}

  /** The newest of them, or the newest before a number of this server's feed. */
  async page(before: number | null): Promise<Wants> {
    const rows = await this.packages.findWantedBefore(before ?? Number.MAX_SAFE_INTEGER, WANTS_LIMIT);
    const isFull = rows.length === WANTS_LIMIT;
    return { wants: rows.map(({ uuid }) => uuid), wants_before: isFull ? rows.at(-1)!.seq : null };
  }

  /** Which of these are wanted: the answer to news of what a peer has. */
  async among(uuids: readonly string[]): Promise<string[]> {
    return uuids.length === 0 ? [] : this.packages.findWanted(uuids);
  }
}
