import type { Entry } from './entry.js';
import { admits, type Stage, stages } from './stage.js';

/**
 * What a change destroys of a package that is here (docs/mesh.md, "Mass change guard"): `delete` the package; `withdraw` this server's
 * copy, by a stage that is not admitted here; `replace` its content, by another one; `demote` its stage, which withdraws it elsewhere.
 */
export const destructiveKinds = ['delete', 'withdraw', 'replace', 'demote'] as const;
export type DestructiveKind = (typeof destructiveKinds)[number];

/** When so much is destroyed within a short time that an administrator must confirm it. */
export interface MassChangePolicy {
  /** Fewer changes than this are never held. */
  readonly packages: number;
  /** Share of the catalog, in percent; 100 switches the guard off. */
  readonly percent: number;
}

export interface ChangeCount {
  /** Packages changed destructively within the window: those done, those held, and the ones asked for now. */
  readonly changed: number;
  /** Packages of the catalog as it was before them. */
  readonly packages: number;
}

export const isMassChange = ({ packages, percent }: MassChangePolicy, count: ChangeCount): boolean =>
  percent < 100 && count.changed >= packages && count.changed * 100 > count.packages * percent;

/** The package as this server has it. */
export interface PackageHere extends Pick<Entry, 'uuid' | 'size' | 'sha256' | 'stage'> {
  /** Held, or admitted and on its way; false for a tombstone and for what is withdrawn here. */
  readonly isHere: boolean;
  /** Its bytes are here and served. */
  readonly isServed: boolean;
}

/**
 * What `incoming` would destroy here; null when nothing. Another content counts only where the present one is served: what has not
 * arrived yet cannot be lost. The same bytes under a new uuid are the same content.
 */
export function destructionBy(
  incoming: Pick<Entry, 'deleted' | 'uuid' | 'size' | 'sha256' | 'stage'>,
  here: PackageHere,
  serverStage: Stage,
): DestructiveKind | null {
  if (!here.isHere) return null;
  if (incoming.deleted) return 'delete';
  if (!admits(serverStage, incoming.stage)) return 'withdraw';
  if (!here.isServed) return null;
  const isSameContent = incoming.uuid === here.uuid || (incoming.sha256 === here.sha256 && incoming.size === here.size);
  if (!isSameContent) return 'replace';
  return stages.indexOf(incoming.stage) < stages.indexOf(here.stage) ? 'demote' : null;
}
