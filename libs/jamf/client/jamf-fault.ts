import { shownText } from '#libs/replication/plain-text.js';

/**
 * unreachable: no answer. unavailable: 408, 429 and 5xx. sign_in_refused: the credentials are not taken. forbidden: a privilege is missing.
 * edge_refused: a firewall in front of Jamf Pro answered. not_found: 404. rejected: any other answer that is not a success. unreadable: a
 * success that is not what the API promises.
 */
export type JamfFaultKind =
  'unreachable' | 'unavailable' | 'sign_in_refused' | 'forbidden' | 'edge_refused' | 'not_found' | 'rejected' | 'unreadable';

/** One of `errors` in an answer of Jamf Pro. Its code is shown and never decides anything: only the status class is documented. */
export interface JamfError {
  readonly code: string;
  readonly description: string;
  readonly field: string;
}

interface JamfFaultDetails {
  readonly status?: number | null;
  readonly errors?: readonly JamfError[];
  /** What the API role lacks, when the answer says that something is forbidden. */
  readonly privilege?: string | null;
}

/** A call of the Jamf Pro API that did not succeed; the message is a sentence for administrators and holds no secret. */
export class JamfFault extends Error {
  override readonly name = 'JamfFault';
  /** Of the answer; null when there was none. */
  readonly status: number | null;
  readonly errors: readonly JamfError[];
  readonly privilege: string | null;

  constructor(
    readonly kind: JamfFaultKind,
    message: string,
    { status = null, errors = [], privilege = null }: JamfFaultDetails = {},
  ) {
    super(shownText(message));
    this.status = status;
    this.errors = errors;
    this.privilege = privilege;
  }

  /** Whether the same call may succeed a little later. */
  get isPassing(): boolean {
    return this.kind === 'unreachable' || this.kind === 'unavailable';
  }
}

const MINUTE = 60_000;

/** How long a job leaves Jamf Pro alone after a fault: an edge that refuses for long; what a person has to mend, for a while. In milliseconds. */
export function delayAfter({ kind, isPassing }: JamfFault): number {
  if (kind === 'edge_refused') return 60 * MINUTE;
  return isPassing ? 5 * MINUTE : 15 * MINUTE;
}
