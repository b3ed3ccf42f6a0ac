/**
 * `valid`: made by the first certificate of a chain that holds together. `incomplete`: right, and the chain does not lead to a root.
 * `broken`: it does not match the file. `present`: there is one, and this server does not verify this kind.
 */
export const signatureStates = ['unsigned', 'valid', 'incomplete', 'broken', 'present'] as const;
export type SignatureState = (typeof signatureStates)[number];

/** States in which a file carries a signature that was not found wrong. Only `valid` was verified. */
export const signedStates: readonly SignatureState[] = ['valid', 'incomplete', 'present'];
