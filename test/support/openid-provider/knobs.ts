/** What the ID tokens of the provider are changed into, after it made them. */
export interface Forgery {
  /** Set in the claims (null: taken away), signed with the key of the provider unless something else is said. Times are seconds from now. */
  readonly claims?: Readonly<Record<string, unknown>>;
  readonly times?: Readonly<Record<string, number>>;
  /** none: without a signature. foreign: signed with a key that is not in the key set, under the name of one that is. */
  readonly signature?: 'none' | 'foreign' | 'broken';
}

/** What a test sets at the provider. */
export interface Knobs {
  /** By subject. */
  readonly people: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  /** Where ODS has its callback. */
  readonly redirectUris: readonly string[];
  readonly algorithm: 'RS256' | 'ES256';
  /** All claims are in the ID token; otherwise only the userinfo endpoint gives them, as the standard has it. */
  readonly claimsInIdToken: boolean;
  readonly forgery: Forgery | null;
  /** How far the clock of the provider is off. */
  readonly clockOffsetSeconds: number;
  /** Every request is answered 503. */
  readonly isDown: boolean;
  /** Changed in the discovery document; null takes a field away. */
  readonly metadata: Readonly<Record<string, unknown>>;
  /** Added to the answer that the browser brings back. */
  readonly answer: Readonly<Record<string, string>>;
}

export const firstKnobs: Knobs = {
  people: {},
  redirectUris: ['http://127.0.0.1:1/api/admin/auth/oidc/callback'],
  algorithm: 'RS256',
  claimsInIdToken: false,
  forgery: null,
  clockOffsetSeconds: 0,
  isDown: false,
  metadata: {},
  answer: {},
};

export const CLIENT = { id: 'ods-console', secret: 'quiet harbour lantern' } as const;
