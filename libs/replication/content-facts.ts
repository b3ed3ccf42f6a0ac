/** What a uuid stands for: one content of one name. Bound once on each server, by the first entry that names it (MESH §2). */
export interface ContentFacts {
  /** The name, case-folded. */
  readonly filenameKey: string;
  /** Bytes. */
  readonly size: number;
  readonly sha1: string;
  /** Null where the author has not computed it: such an entry claims nothing about it. */
  readonly sha256: string | null;
  readonly manifestSha256: string | null;
}

const fields: readonly (readonly [keyof ContentFacts, string])[] = [
  ['filenameKey', 'filename'],
  ['size', 'size'],
  ['sha1', 'sha1'],
  ['sha256', 'sha256'],
  ['manifestSha256', 'manifest_sha256'],
];

/** The wire name of the first field in which a claim about a content differs from what is known of it; null when none does. */
export function contradictionIn(claimed: ContentFacts, known: ContentFacts): string | null {
  const differs = fields.find(([field]) => claimed[field] !== null && known[field] !== null && claimed[field] !== known[field]);
  return differs?.[1] ?? null;
}
