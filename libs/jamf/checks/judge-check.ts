import type { JamfCheckState } from '#libs/entities/jamf-check.entity.js';
import { lineFaultOf } from '../client/line-fault.js';

/** What came of one request, as a computer sees it. */
export type ClientAnswer =
  | {
      readonly kind: 'answer';
      readonly status: number;
      readonly headers: Readonly<Record<string, unknown>>;
      /** When the certificate of the server ends; null: not known, as through a proxy. */
      readonly certificateEndsMs: number | null;
    }
  | { readonly kind: 'fault'; readonly code: string; readonly message: string };

export interface Judgement {
  readonly state: JamfCheckState;
  readonly detail: string;
}

/** What a computer is to get. */
export interface ExpectedContent {
  readonly size: number;
  /** Hex. */
  readonly sha256: string;
}

const EXPIRES_SOON_MS = 14 * 86_400_000;
/** Nothing that is asked further at the server would be answered otherwise. */
export const serverStates: readonly JamfCheckState[] = ['dns', 'unreachable', 'tls'];

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

/** Bytes of the whole file that the headers announce; null: they do not say. */
function announcedSize(status: number, headers: Readonly<Record<string, unknown>>): number | null {
  const text = status === 206 ? /\/(\d+)$/.exec(textOf(headers['content-range']))?.[1] : textOf(headers['content-length']);
  return text === undefined || text === '' ? null : Number(text);
}

/** Other servers of the mesh name their contents by SHA-256; what stands in front of them may not. */
const etagOf = (sha256: string): string => `"sha256-${Buffer.from(sha256, 'hex').toString('base64url')}"`;

function judgeStatus(status: number, headers: Readonly<Record<string, unknown>>): Judgement | null {
  if (status === 200 || status === 206) return null;
  if (status >= 300 && status < 400)
    return {
      state: 'redirected',
      detail: `It redirects to ${textOf(headers['location']) || 'another address'}; not every client follows.`,
    };
  if (status === 401 || status === 403)
    return { state: 'unauthorized', detail: `It asks for a user name and password (${status}), which this check does not have.` };
  if (status === 404) return { state: 'not_found', detail: 'It does not have the package under this name (404).' };
  return { state: 'refused', detail: `It answered ${status}.` };
}

/** What the headers say about a download of a package. */
export function judgeAnswer(answer: ClientAnswer, expected: ExpectedContent, nowMs: number): Judgement {
  if (answer.kind === 'fault') {
    const { code, message } = answer;
    const fault = lineFaultOf(code);
    if (fault === 'dns') return { state: 'dns', detail: `The name of the server has no address here: ${message}` };
    if (fault === 'tls') return { state: 'tls', detail: `The certificate of the server is not accepted: ${message}` };
    return { state: 'unreachable', detail: `There was no answer: ${message}` };
  }
  const { status, headers, certificateEndsMs } = answer;
  const refusal = judgeStatus(status, headers);
  if (refusal) return refusal;
  const size = announcedSize(status, headers);
  if (size !== null && size !== expected.size)
    return { state: 'wrong_size', detail: `It announces ${size} bytes; the package has ${expected.size}.` };
  const etag = textOf(headers['etag']);
  if (etag.startsWith('"sha256-') && etag !== etagOf(expected.sha256))
    return { state: 'wrong_content', detail: 'It serves another content under this name.' };
  if (certificateEndsMs !== null && certificateEndsMs - nowMs < EXPIRES_SOON_MS)
    return {
      state: 'expires_soon',
      detail: `The certificate of the server ends on ${new Date(certificateEndsMs).toISOString().slice(0, 10)}.`,
    };
  return { state: 'right', detail: '' };
}
