import type { PackageMetadata } from '#libs/entities/package-metadata.entity.js';
import type { Outcome } from './child/run-child.js';
import type { Inspection } from './formats/inspection-result.js';
import { titleKeyOf, titleOf } from './formats/title-of.js';

/** Rises with every change of what the parsers read: contents are then inspected again. */
export const PARSER = 1;
/** A content that took too long twice is not inspected again until a person asks. */
export const MOST_OVERRUNS = 2;
const MOST_JSON = 60_000;

/** What the column `json` holds. */
export type Stored = { readonly inspection: Inspection } | { readonly reason: string | null };

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

/** The row of one outcome. */
export function metadataOf(uuid: string, filename: string, outcome: Outcome, ms: number, overruns: number): PackageMetadata {
  const inspection = outcome.state === 'done' ? fitting(named(outcome.found, filename)) : null;
  const stored: Stored = inspection ? { inspection } : { reason: 'reason' in outcome ? outcome.reason : null };
  const isOverrun = outcome.state === 'timed_out';
  return {
    uuid,
    // One overrun is tried again; the parser's number says that nothing is left to do.
    parser: isOverrun && overruns + 1 < MOST_OVERRUNS ? 0 : PARSER,
    state: outcome.state,
    kind: inspection?.kind ?? null,
    titleKey: inspection?.title_key ?? titleKeyOf(filename).slice(0, 255),
    title: inspection?.title ?? titleOf(filename).title,
    version: inspection?.version ?? titleOf(filename).version?.slice(0, 100) ?? null,
    signer: inspection?.signature.common_name ?? null,
    teamId: inspection?.signature.team_id ?? null,
    signature: inspection?.signature.state ?? null,
    json: JSON.stringify(stored),
    ms,
    overruns: isOverrun ? overruns + 1 : 0,
  };
}
