import { type AnyWrite, flatten, type Registers, type Update, updateOf, writesOf } from './register.js';
import type { Refusal } from './refusal.js';
import { compareStamps } from './stamp.js';
import { type Stage, stages } from './stage.js';

/** Presets whose rights are known by their name alone. */
export const namedPresets = ['full', 'publish-to-dev', 'receive-only'] as const;
export type NamedPreset = (typeof namedPresets)[number];

export const rightsPresets = [...namedPresets, 'custom'] as const;
export type RightsPreset = (typeof rightsPresets)[number];

/** What a server may write, as the author. */
export interface PublishRights {
  /** New names. */
  readonly publish: boolean;
  /** Another content of a name. */
  readonly replace: boolean;
  /** Another stage of a package. */
  readonly promote: boolean;
  readonly delete: boolean;
  /** Packages of a later stage are out of reach. */
  readonly maxStage: Stage;
  /** Patterns of names, `*` and `?`; case does not matter. */
  readonly names: readonly string[];
}

const all = { publish: true, replace: true, promote: true, delete: true, names: ['*'] } as const;

export const presetRights: Readonly<Record<NamedPreset, PublishRights>> = {
  full: { ...all, maxStage: 'Prod' },
  'publish-to-dev': { ...all, promote: false, delete: false, maxStage: 'Dev' },
  'receive-only': { publish: false, replace: false, promote: false, delete: false, maxStage: 'Dev', names: [] },
};

function matches(pattern: string, filename: string): boolean {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`, 'isu').test(filename);
}

const isLater = (stage: Stage, limit: Stage): boolean => stages.indexOf(stage) > stages.indexOf(limit);

/** What a write is, in the words of the rights; null when it changes nothing that they are about. */
function actOf(write: AnyWrite, before: Registers | null): 'publish' | 'replace' | 'promote' | 'delete' | 'annotate' | null {
  const current = before && flatten(before);
  if (write.register === 'deletion') return 'delete';
  if (write.register === 'content')
    return current === null || current.deleted ? 'publish' : write.value.uuid === current.uuid ? null : 'replace';
  if (write.register === 'stage') return current === null ? 'publish' : write.value === current.stage ? null : 'promote';
  return current === null ? 'publish' : write.value === current.notes ? null : 'annotate';
}

/** Why the author may not write this; null when it may. `stage`: of the package after the update. */
function faultOf(write: AnyWrite, rights: PublishRights, before: Registers | null, isUpload: boolean): string | null {
  const act = actOf(write, before);
  if (act === null) return null;
  const { filename } = write;
  if (!rights.names.some((pattern) => matches(pattern, filename))) return `may not write packages named ${filename}`;
  const target = write.register === 'stage' ? write.value : before?.stage.value;
  if (target !== undefined && isLater(target, rights.maxStage)) return `may not write packages of the stage ${target}`;
  if (before && isLater(before.stage.value, rights.maxStage)) return `may not write packages of the stage ${before.stage.value}`;
  if (act === 'annotate') return rights.publish || rights.replace || rights.promote ? null : 'may not write notes';
  // A stage that comes with a new content is part of the upload.
  if (act === 'promote' && isUpload) return rights.replace || rights.promote ? null : 'may not replace packages';
  return rights[act] ? null : `may not ${act} packages`;
}

/** Splits an update into what its authors may write and what they may not; parts that were written together are refused together. */
export function admitByRights(
  update: Update,
  before: Registers | null,
  rightsOf: (write: AnyWrite) => PublishRights,
): { readonly update: Update; readonly refused: Refusal[] } {
  const writes = writesOf(update);
  const { content } = update;
  const isWith = (a: AnyWrite, b: AnyWrite): boolean => compareStamps(a.stamp, b.stamp) === 0;
  const faults = writes.flatMap((write) => {
    const reason = faultOf(write, rightsOf(write), before, Boolean(content && isWith(write, content)));
    return reason === null ? [] : [{ write, reason }];
  });
  const first = faults[0];
  if (!first) return { update, refused: [] };
  const refused = writes.filter((write) => before === null || faults.some((fault) => isWith(fault.write, write)));
  const reason = `The server ${first.write.stamp.iss} ${first.reason} here: ${first.write.filename} was left as it is.`;
  return {
    update: updateOf(writes.filter((write) => !refused.includes(write))),
    refused: [{ code: 'rights', filename: first.write.filename, reason, writes: refused }],
  };
}
