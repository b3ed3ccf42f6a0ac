import type { MunkiProblem } from './make-catalogs.js';
import { shown } from './reading-limits.js';
import type { ManifestFacts, ManifestFault } from './manifest-facts.js';

/** A manifest that clients could have. `path` is the one in the repository. */
export interface ManifestFile {
  readonly path: string;
  readonly read: ManifestFacts | ManifestFault;
}

/** What manifests may name. */
export interface Known {
  /** Names of all items, also of those that are in no catalog here. */
  readonly items: ReadonlySet<string>;
  readonly catalogs: ReadonlySet<string>;
}

const FOLDER = 'manifests/';
/** Problems that are listed of one manifest. */
const MOST_OF_ONE = 50;

/** `Firefox-128.0` and `Firefox--128.0` ask for a version of Firefox (Munki's `nameAndVersion`). */
const isKnownItem = (name: string, items: ReadonlySet<string>): boolean =>
  items.has(name) || [...name.matchAll(/-{1,2}(?=\d)/g)].some(({ index }) => items.has(name.slice(0, index)));

/** What manifests name and the repository does not have. Such names are passed over by clients, usually unnoticed. */
export function checkManifests(files: readonly ManifestFile[], { items, catalogs }: Known): MunkiProblem[] {
  const manifests = new Set(files.map(({ path }) => path));
  return files.flatMap(({ path, read }): MunkiProblem[] => {
    const problem = (code: MunkiProblem['code'], detail: string): MunkiProblem => ({ path, code, detail, isLeftOut: false });
    if ('fault' in read) return [problem('unreadable', read.fault)];
    const found = [
      ...read.catalogs
        .filter((name) => !catalogs.has(name))
        .map((name) => problem('unknown-catalog', `No item is in its catalog ${shown(name)}.`)),
      ...read.items
        .filter((name) => !isKnownItem(name, items))
        .map((name) => problem('unknown-item', `It names ${shown(name)}, and no pkginfo file has that name.`)),
      ...read.included
        .filter((name) => !manifests.has(FOLDER + name))
        .map((name) => problem('unknown-manifest', `It includes the manifest ${shown(name)}, which is not there.`)),
    ];
    return found.slice(0, MOST_OF_ONE);
  });
}
