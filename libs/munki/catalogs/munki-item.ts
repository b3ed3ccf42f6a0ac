/** An item of the repository, as its pkginfo file says. */
export interface MunkiItem {
  /** Of the pkginfo file, in the repository. */
  readonly path: string;
  readonly name: string;
  readonly version: string;
  readonly catalogs: readonly string[];
  /** When the present content of the pkginfo file came into force, epoch milliseconds. */
  readonly changedMs: number;
  /** Whether it is in its catalogs on this server. */
  readonly isListed: boolean;
  /** The first thing that is wrong with it, a sentence; null when nothing is. */
  readonly problem: string | null;
}
