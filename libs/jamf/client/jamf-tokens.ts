import type { JamfAuth } from '#libs/entities/jamf-connection.entity.js';
import type { JamfAnswer } from './jamf-answer.js';
import { faultOf, objectIn } from './jamf-answer.js';
import { JamfFault } from './jamf-fault.js';
import type { JamfRequest } from './jamf-transport.js';

export interface JamfCredentials {
  /** `https://example.jamfcloud.com`, without a slash at the end. */
  readonly url: string;
  readonly auth: JamfAuth;
  /** Client id, or name of the account. */
  readonly clientId: string;
  readonly secret: string;
}

interface Token {
  readonly value: string;
  readonly renewMs: number;
}

const FORM = { 'content-type': 'application/x-www-form-urlencoded' };
const LAST_SECONDS = 30;
const SHARE = 0.8;
const LEAST_SECONDS = 1;
const MOST_SECONDS = 86_400;

/** After how many seconds a token of that life is renewed: at 80 %, and no later than 30 seconds before its end. */
export const renewAfter = (lifeSeconds: number): number => Math.max(0, Math.min(SHARE * lifeSeconds, lifeSeconds - LAST_SECONDS));

/** Access tokens of one Jamf Pro server: signed in when one is needed, and renewed before they end. */
export class JamfTokens {
  private token: Token | null = null;
  private signingIn: Promise<Token> | null = null;
  /** Servers before 11.23 have no `/v1/`. */
  private path = '/api/v1/oauth/token';

  constructor(
    private readonly credentials: JamfCredentials,
    private readonly send: (request: JamfRequest) => Promise<JamfAnswer>,
    private readonly now: () => number,
  ) {}

  /** Throws JamfFault. */
  async current(): Promise<string> {
    if (this.token !== null && this.now() < this.token.renewMs) return this.token.value;
    this.signingIn ??= this.signIn().finally(() => (this.signingIn = null));
    this.token = await this.signingIn;
    return this.token.value;
  }

  /** The server did not accept this token: the next call signs in anew. */
  forget(value: string): void {
    if (this.token?.value === value) this.token = null;
  }

  private signIn(): Promise<Token> {
    return this.credentials.auth === 'client' ? this.asClient() : this.asUser();
  }

  /** RFC 6749 section 4.4; a wrong secret is 400 or 401 there. */
  private async asClient(): Promise<Token> {
    const { clientId, secret } = this.credentials;
    const form = new URLSearchParams({ grant_type: 'client_credentials', client_id: clientId, client_secret: secret });
    const ask = () => this.exchange(this.path, { headers: FORM, body: form.toString() });
    let answer = await ask();
    if (answer.status === 404 && this.path.includes('/v1/')) {
      this.path = '/api/oauth/token';
      answer = await ask();
    }
    const body = this.bodyOf(answer);
    return this.tokenOf(body['access_token'], Number(body['expires_in']));
  }

  private async asUser(): Promise<Token> {
    const { clientId, secret } = this.credentials;
    const authorization = `Basic ${Buffer.from(`${clientId}:${secret}`).toString('base64')}`;
    const body = this.bodyOf(await this.exchange('/api/v1/auth/token', { headers: { authorization } }));
    const endsMs = typeof body['expires'] === 'string' ? Date.parse(body['expires']) : NaN;
    return this.tokenOf(body['token'], (endsMs - this.now()) / 1_000);
  }

  private exchange(path: string, request: Pick<JamfRequest, 'headers' | 'body'>): Promise<JamfAnswer> {
    return this.send({ method: 'POST', url: this.credentials.url + path, ...request });
  }

  private bodyOf(answer: JamfAnswer): Readonly<Record<string, unknown>> {
    const fault = faultOf(answer, null);
    if (fault === null) return objectIn(answer);
    const { status } = answer;
    if (status !== 400 && status !== 401) throw fault;
    const which = this.credentials.auth === 'client' ? 'client id or the client secret' : 'name or the password';
    throw new JamfFault('sign_in_refused', `Jamf Pro did not accept the ${which} (${status}).`, { status });
  }

  private tokenOf(value: unknown, lifeSeconds: number): Token {
    if (typeof value !== 'string' || !/^[\x21-\x7e]{1,16384}$/.test(value) || Number.isNaN(lifeSeconds))
      throw new JamfFault('unreadable', 'The answer to the sign-in has no token, or not how long it is good for.');
    const life = Math.min(MOST_SECONDS, Math.max(LEAST_SECONDS, lifeSeconds));
    return { value, renewMs: this.now() + renewAfter(life) * 1_000 };
  }
}
