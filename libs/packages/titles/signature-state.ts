import type { SignatureState } from '#libs/entities/package-metadata.entity.js';

export type { SignatureState };

export const signatureStates: readonly SignatureState[] = ['unsigned', 'valid', 'incomplete', 'broken', 'present'];

/** States in which a file carries a signature that was not found wrong. Only `valid` was verified. */
export const signedStates: readonly SignatureState[] = ['valid', 'incomplete', 'present'];
