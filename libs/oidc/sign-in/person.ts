import { sha256Hex } from '#libs/platform/crypto/digest.js';
import { faultOfText } from '#libs/replication/plain-text.js';
import type { Claims } from '../provider/openid-provider.js';
import { groupsIn } from './role-of-groups.js';

/** Who signed in at the provider. */
export interface Person {
  readonly issuer: string;
  /** Never given to another person, as names and e-mail addresses are: the account belongs to it. */
  readonly subject: string;
  /** For an account that is new here. */
  readonly username: string;
  readonly groups: readonly string[];
}

/** In the order in which they are taken for the name of a new account. */
export const nameClaims = ['preferred_username', 'email'] as const;
/** As for names that administrators give. */
const plainName = /^(?!\s)[^\p{Cc}\p{Cf}\p{Cs}]{1,64}(?<!\s)$/u;
const KEPT_LENGTH = 255;

const isName = (value: unknown): value is string => typeof value === 'string' && plainName.test(value);

/** Null for a person that cannot be kept: subjects are ASCII, of 255 characters at most (OpenID Connect Core 1.0 §2). */
export function personOf(claims: Claims, groupsClaim: string): Person | null {
  const { iss: issuer, sub: subject } = claims;
  if (issuer.length > KEPT_LENGTH || subject.length > KEPT_LENGTH || subject === '' || faultOfText(subject) !== null) return null;
  const names = [...nameClaims.map((name) => claims[name]), subject].filter(isName);
  const username = names[0]?.normalize('NFC') ?? `external-${keyOf({ issuer, subject }).slice(0, 12)}`;
  return { issuer, subject, username, groups: groupsIn(claims[groupsClaim]) };
}

/** What the account of a person is found by: both parts, exactly as the provider writes them. */
export const keyOf = ({ issuer, subject }: Pick<Person, 'issuer' | 'subject'>): string => sha256Hex(JSON.stringify([issuer, subject]));
