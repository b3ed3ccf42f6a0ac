import { type DownloadLink, isSignedFor, type LinkedContent } from './download-link.js';

/** What a request shows to be let in. Other credentials are added here and judged below. */
export interface DownloadCredentials {
  /** Null when the request has none. */
  readonly link: DownloadLink | null;
}

/** What it is judged by. */
export interface DownloadRules {
  readonly linkRequired: boolean;
  readonly linkKey: Buffer;
  readonly nowMs: number;
}

export type Refusal = 'link-needed' | 'link-invalid' | 'link-expired';

const isOver = ({ expires }: DownloadLink, nowMs: number): boolean => Number(expires) * 1_000 <= nowMs;

/**
 * Why a download is refused; null lets it through. `content`: what is served under the name, null for nothing. A link is judged whenever one
 * is shown, also where none is needed. Where one is needed, a caller without a good one does not learn which names there are.
 */
export function refusalOf({ link }: DownloadCredentials, content: LinkedContent | null, rules: DownloadRules): Refusal | null {
  if (link === null) return rules.linkRequired ? 'link-needed' : null;
  if (content === null) return rules.linkRequired ? 'link-invalid' : null;
  if (!isSignedFor(rules.linkKey, content, link)) return 'link-invalid';
  return isOver(link, rules.nowMs) ? 'link-expired' : null;
}

/** What a request shows; a lone `expires` is no link. */
export function credentialsOf({ query }: { readonly query: unknown }): DownloadCredentials {
  const { expires, signature } = (query ?? {}) as Record<string, unknown>;
  return { link: signature === undefined ? null : { expires, signature } };
}
