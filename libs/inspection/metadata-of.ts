import type { PackageMetadata } from '#libs/entities/package-metadata.entity.js';
import { filenameKey } from '#libs/packages/filename.js';
import { signedStates } from '#libs/packages/titles/signature-state.js';
import type { Outcome } from './child/run-child.js';
import { type Inspection, inspectionOf } from './formats/inspection-result.js';
import { titleKeyOf, titleOf } from './formats/title-of.js';

/** Rises with every change of what the parsers read: contents are then inspected again. */
export const PARSER = 4;
/** A content that took too long twice is not inspected again until a person asks. */
export const MOST_OVERRUNS = 2;
const MOST_JSON = 60_000;
const MOST_TITLE = 500;

/** What the column `json` holds. */
export type Stored = { readonly inspection: Inspection } | { readonly reason: string | null };

/** What the column holds; what an earlier parser did not read is empty. */
export function readStored(json: string): Stored {
  const stored = JSON.parse(json) as Stored;
  return 'inspection' in stored ? { inspection: inspectionOf(stored.inspection) } : stored;
}

/** Where a file names no title or version of its own, its filename does. */
function named(inspection: Inspection, filename: string): Inspection {
  const { title, version } = titleOf(filename);
  return {
    ...inspection,
    title: inspection.title ?? title,
    title_key: inspection.title_key ?? titleKeyOf(filename),
    version: inspection.version ?? version?.slice(0, 100) ?? null,
  };
}

/** Long lists of components are cut so that the whole fits its column. */
function fitting(inspection: Inspection): Inspection {
  let cut = inspection;
  while (Buffer.byteLength(JSON.stringify({ inspection: cut })) > MOST_JSON && cut.packages.length > 0) {
    const packages = cut.packages.slice(0, Math.floor(cut.packages.length / 2));
    cut = { ...cut, packages, warnings: [`Only ${packages.length} of ${inspection.packages.length} components are listed.`] };
  }
  return cut;
}

/** Who signed it, as lists have it: the names in a signature that does not match the file say nothing. */
function signerColumns(inspection: Inspection | null): Pick<PackageMetadata, 'signature' | 'signer' | 'teamId' | 'anchor'> {
  if (!inspection) return { signature: null, signer: null, teamId: null, anchor: null };
  const { state, common_name: name, team_id: team, chain, apple_anchor: isApples } = inspection.signature;
  if (!signedStates.includes(state)) return { signature: state, signer: null, teamId: null, anchor: null };
  const anchor = state === 'valid' ? (isApples ? 'apple' : (chain.at(-1)?.sha256 ?? null)) : null;
  return { signature: state, signer: name, teamId: team, anchor };
}

/** The row of one outcome. */
export function metadataOf(uuid: string, filename: string, outcome: Outcome, ms: number, overruns: number): PackageMetadata {
  const inspection = outcome.state === 'done' ? fitting(named(outcome.found, filename)) : null;
  const stored: Stored = inspection ? { inspection } : { reason: 'reason' in outcome ? outcome.reason : null };
  const title = inspection?.title ?? titleOf(filename).title;
  const isOverrun = outcome.state === 'timed_out';
  return {
    uuid,
    // One overrun is tried again; the parser's number says that nothing is left to do.
    parser: isOverrun && overruns + 1 < MOST_OVERRUNS ? 0 : PARSER,
    state: outcome.state,
    kind: inspection?.kind ?? null,
    titleKey: inspection?.title_key ?? titleKeyOf(filename).slice(0, 255),
    title,
    titleFolded: filenameKey(title).slice(0, MOST_TITLE),
    version: inspection?.version ?? titleOf(filename).version?.slice(0, 100) ?? null,
    ...signerColumns(inspection),
    json: JSON.stringify(stored),
    ms,
    overruns: isOverrun ? overruns + 1 : 0,
  };
}
