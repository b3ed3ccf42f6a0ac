import type { PackageMetadata } from '#libs/entities/package-metadata.entity.js';
import { signedStates } from './signature-state.js';

/** Who signed a content, as far as it was read. */
export type Signing = Pick<PackageMetadata, 'signature' | 'signer' | 'teamId' | 'anchor'>;

/** Null when it is not known. */
export const isSigned = ({ signature }: Pick<Signing, 'signature'>): boolean | null =>
  signature === null ? null : signedStates.includes(signature);

/** The team where both have one: a new certificate of the same team may have another name. */
const isSameName = (one: Signing, other: Signing): boolean =>
  one.teamId !== null && other.teamId !== null ? one.teamId === other.teamId : one.signer === other.signer;

/**
 * Whether two contents were signed by the same signer, as far as that can be read. Names in a certificate can be chosen by anyone:
 * of verified signatures the roots of the chains must be the same, too.
 */
export function isSameSigner(one: Signing, other: Signing): boolean {
  if (isSigned(one) === false && isSigned(other) === false) return true;
  return one.signature === other.signature && one.anchor === other.anchor && isSameName(one, other);
}

const proofs: Readonly<Record<string, string>> = {
  incomplete: ', with an incomplete chain of certificates',
  present: ', not verified here',
};

/** `signed by Example (ABCDE12345), certified by Apple` */
export function describeSigning({ signature, signer, teamId, anchor }: Signing): string {
  if (signature === null) return 'of a signer that is not known';
  if (signature === 'unsigned') return 'not signed';
  if (signature === 'broken') return 'with a signature that does not match the file';
  const team = teamId === null || signer?.includes(teamId) ? '' : ` (${teamId})`;
  const proof = proofs[signature] ?? (anchor === 'apple' ? ', certified by Apple' : ', not certified by Apple');
  return `signed by ${signer ?? 'a signer without a name'}${team}${proof}`;
}
