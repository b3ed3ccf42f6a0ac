import { AuthorizationResponseError, ClientError, ResponseBodyError, WWWAuthenticateChallengeError } from 'openid-client';
import { shownText } from '#libs/replication/plain-text.js';

/**
 * away: no answer, or one that says "later". cancelled: the person was refused, or turned back. refused: the provider does not accept this
 * server as its client. unverified: what came back does not prove who signed in.
 */
export type OidcFaultKind = 'away' | 'cancelled' | 'refused' | 'unverified';

/** A step with the provider that did not succeed; the message is a sentence for administrators and holds no token and no secret. */
export class OidcFault extends Error {
  override readonly name = 'OidcFault';

  constructor(
    readonly kind: OidcFaultKind,
    message: string,
    /** The stable name of the error, where the provider gave one. */
    readonly code: string | null = null,
  ) {
    super(shownText(message).slice(0, 500));
  }
}

const passing = ['server_error', 'temporarily_unavailable'];
const turnedBack = ['access_denied', 'login_required', 'interaction_required', 'consent_required', 'account_selection_required'];

/** What the library threw, as a fault. Never its causes as they are: they hold claims and answers. */
export function faultOf(error: unknown): OidcFault {
  for (let cause: unknown = error; cause instanceof Error; cause = cause.cause) if (cause instanceof OidcFault) return cause;
  if (error instanceof AuthorizationResponseError) return ofAuthorization(error.error);
  if (error instanceof ResponseBodyError) {
    const kind = error.status >= 500 || passing.includes(error.error) ? 'away' : 'refused';
    return new OidcFault(kind, `The provider answered the request for tokens with "${error.error}".`, error.error);
  }
  if (error instanceof WWWAuthenticateChallengeError) {
    return new OidcFault('refused', `The provider does not accept this server as its client (status ${error.status}).`, 'invalid_client');
  }
  if (error instanceof ClientError) return ofLibrary(error);
  if (error instanceof TypeError) return new OidcFault('unverified', 'What the provider says of itself is incomplete.');
  throw error;
}

/** Like `faultOf`, of reading what a provider says of itself: says what to correct in the issuer. */
export function faultOfDiscovery(error: unknown, issuer: string): OidcFault {
  const cause: unknown = error instanceof ClientError ? error.cause : null;
  const status = statusOf(cause);
  if (status !== null && status < 500 && status !== 429) {
    return new OidcFault('unverified', `There is no OpenID configuration below ${issuer} (status ${status}). Check the issuer.`);
  }
  const { body } = (cause ?? {}) as { body?: { issuer?: unknown } };
  if (typeof body?.issuer === 'string') {
    return new OidcFault('unverified', `The provider at ${issuer} calls itself ${body.issuer}. The issuer must be exactly that.`);
  }
  return faultOf(error);
}

function ofAuthorization(code: string): OidcFault {
  if (passing.includes(code)) return new OidcFault('away', `The provider answered "${code}".`, code);
  const kind = turnedBack.includes(code) ? 'cancelled' : 'refused';
  return new OidcFault(kind, `The provider ended the sign-in with "${code}".`, code);
}

function ofLibrary({ message, code = '', cause }: ClientError): OidcFault {
  if (code === 'OAUTH_TIMEOUT' || code === 'OAUTH_ABORT') return new OidcFault('away', 'The provider did not answer in time.');
  const status = statusOf(cause);
  if (status !== null && (status >= 500 || status === 429)) return new OidcFault('away', `The provider answered ${status}.`);
  // What the library says of the cause is more exact, and names claims without their values.
  const detail = cause instanceof Error ? cause.message : message;
  return new OidcFault('unverified', `The answer of the provider could not be verified: ${detail}.`);
}

const statusOf = (cause: unknown): number | null => (cause instanceof Response ? cause.status : null);
