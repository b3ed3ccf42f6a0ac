import type { OidcFaultKind } from '../provider/oidc-fault.js';

/** Why a sign-in at the provider does not end in one here. The console has a sentence for each. */
export type Refusal =
  | 'off'
  | 'expired'
  | 'too-often'
  | 'cancelled'
  | 'provider-away'
  | 'provider-refused'
  | 'not-verified'
  | 'no-role'
  | 'name-taken'
  | 'disabled'
  | 'linked-already'
  | 'last-administrator';

/** What becomes of the person when the provider does not say who it is. */
export const refusalOf: Readonly<Record<OidcFaultKind, Refusal>> = {
  away: 'provider-away',
  cancelled: 'cancelled',
  refused: 'provider-refused',
  unverified: 'not-verified',
};
