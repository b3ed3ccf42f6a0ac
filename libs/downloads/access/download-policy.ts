import { secretsEqual, sha256Hex } from '#libs/platform/crypto/digest.js';
import { type BasicCredentials, basicCredentialsOf } from './basic-credentials.js';
import { type DownloadLink, isSignedFor, type LinkedContent } from './download-link.js';

/** What a request shows to be let in. */
export interface ShownCredentials {
  /** Null when the request has none. */
  readonly link: DownloadLink | null;
  readonly basic: BasicCredentials | null;
}

/** A credential that counts. */
export interface KnownCredential {
  readonly id: number;
  readonly username: string;
  /** In hexadecimal digits. */
  readonly secretSha256: string;
}

/** What it is judged by. */
export interface DownloadRules {
  /** Packages are downloaded with a link or a credential only. */
  readonly linkRequired: boolean;
  readonly linkKey: Buffer;
  readonly credentials: readonly KnownCredential[];
  readonly nowMs: number;
}

export type Refusal = 'link-needed' | 'link-invalid' | 'link-expired' | 'credential-needed' | 'credential-refused';

/** `by`: the credential that opened it; null when none had to. */
export type Judgement = { readonly refusal: Refusal } | { readonly refusal: null; readonly by: KnownCredential | null };

const isOver = ({ expires }: DownloadLink, nowMs: number): boolean => Number(expires) * 1_000 <= nowMs;
const open = { refusal: null, by: null } as const;

/** Every credential is compared with, whichever fits: the time says nothing about which names there are. */
function credentialFor({ username, password }: BasicCredentials, known: readonly KnownCredential[]): KnownCredential | null {
  const shown = sha256Hex(password);
  const fitting = known.filter((each) => [secretsEqual(each.username, username), secretsEqual(each.secretSha256, shown)].every(Boolean));
  return fitting[0] ?? null;
}

function judgeLink(link: DownloadLink, content: LinkedContent | null, rules: DownloadRules): Refusal | null {
  if (content === null) return rules.linkRequired ? 'link-invalid' : null;
  if (!isSignedFor(rules.linkKey, content, link)) return 'link-invalid';
  return isOver(link, rules.nowMs) ? 'link-expired' : null;
}

/**
 * Whether a download is refused, and why. `content`: what is served under the name, null for nothing. A link is judged whenever one is shown,
 * also where none is needed. Where a link or credential is needed, a caller without a good one does not learn which names there are.
 */
export function judge({ link, basic }: ShownCredentials, content: LinkedContent | null, rules: DownloadRules): Judgement {
  if (link !== null) {
    const refusal = judgeLink(link, content, rules);
    return refusal === null ? open : { refusal };
  }
  if (!rules.linkRequired) return open;
  if (rules.credentials.length === 0) return { refusal: 'link-needed' };
  if (basic === null) return { refusal: 'credential-needed' };
  const by = credentialFor(basic, rules.credentials);
  return by === null ? { refusal: 'credential-refused' } : { refusal: null, by };
}

/** What a request shows; a lone `expires` is no link. */
export function credentialsOf({
  query,
  headers,
}: {
  readonly query: unknown;
  readonly headers: { readonly authorization?: string | undefined };
}): ShownCredentials {
  const { expires, signature } = (query ?? {}) as Record<string, unknown>;
  return { link: signature === undefined ? null : { expires, signature }, basic: basicCredentialsOf(headers.authorization) };
}
