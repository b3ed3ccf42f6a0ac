import { CookieJar } from './cookie-jar.js';
import { faultOf, type JamfAnswer, objectIn } from './jamf-answer.js';
import { JamfFault } from './jamf-fault.js';
import { type JamfCredentials, JamfTokens } from './jamf-tokens.js';
import type { JamfRequest, JamfTransport } from './jamf-transport.js';
import { Pace } from './pace.js';

export interface JamfCall {
  readonly method: JamfRequest['method'];
  /** From `/api` on. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  /** What the API role needs for it, as Jamf Pro names it; null: nothing. */
  readonly privilege: string | null;
}

export interface JamfClientOptions {
  readonly transport: JamfTransport;
  readonly now: () => number;
  /** Waits, in milliseconds. */
  readonly sleep: (ms: number) => Promise<void>;
  readonly random?: () => number;
  /** A clock that never goes back, in milliseconds, that answers are timed with. */
  readonly elapsedMs?: () => number;
  /** How often a call that may be repeated is; 5 when not given. */
  readonly repeats?: number;
  /** How long one answer may take, in milliseconds; 5 minutes when not given. */
  readonly timeoutMs?: number;
}

const REPEATS = 5;
const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 60_000;

/** The wait before repeat number `repeat` (from 1), in milliseconds: exponential, full jitter. */
export const waitBefore = (repeat: number, random: () => number): number =>
  Math.ceil(random() * Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (repeat - 1)));

/** What can be done twice without harm. */
const isRepeatable = ({ method }: JamfCall): boolean => method === 'GET' || method === 'PUT';
const bodyTypes: Readonly<Partial<Record<JamfRequest['method'], string>>> = { PATCH: 'application/merge-patch+json' };

/**
 * Calls of one Jamf Pro server: at most two at once, with one set of cookies. What may be repeated safely is repeated (GET and PUT); POST and PATCH
 * are not, but after a 401, which did nothing.
 */
export class JamfClient {
  private readonly cookies = new CookieJar();
  private readonly pace: Pace;
  private readonly tokens: JamfTokens;

  constructor(
    readonly credentials: JamfCredentials,
    private readonly options: JamfClientOptions,
  ) {
    this.pace = new Pace(options.sleep, options.elapsedMs);
    this.tokens = new JamfTokens(credentials, (request) => this.exchange(request), options.now);
  }

  /** The object in the answer. Throws JamfFault. */
  async call(call: JamfCall): Promise<Readonly<Record<string, unknown>>> {
    return this.repeated(call, async () => objectIn(await this.once(call)));
  }

  /** A call whose answer says nothing that is needed. Throws JamfFault. */
  async send(call: JamfCall): Promise<void> {
    await this.repeated(call, () => this.once(call));
  }

  private async repeated<T>(call: JamfCall, attempt: () => Promise<T>): Promise<T> {
    for (let repeat = 1; ; repeat += 1) {
      try {
        return await attempt();
      } catch (error) {
        const mayRepeat =
          error instanceof JamfFault && error.isPassing && isRepeatable(call) && repeat <= (this.options.repeats ?? REPEATS);
        if (!mayRepeat) throw error;
        await this.wait(waitBefore(repeat, this.options.random ?? Math.random));
      }
    }
  }

  /** Whether anything answers at the address, whatever it says. Throws JamfFault. */
  async reach(): Promise<void> {
    await this.exchange({ method: 'GET', url: `${this.credentials.url}/healthCheck.html`, headers: {} });
  }

  /** Signs in, when that has not been done yet. Throws JamfFault. */
  async signIn(): Promise<void> {
    await this.tokens.current();
  }

  wait(ms: number): Promise<void> {
    return this.options.sleep(ms);
  }

  private async once(call: JamfCall): Promise<JamfAnswer> {
    const token = await this.tokens.current();
    let answer = await this.authorized(call, token);
    if (answer.status === 401) {
      this.tokens.forget(token);
      answer = await this.authorized(call, await this.tokens.current());
    }
    const fault = faultOf(answer, call.privilege);
    if (fault) throw fault;
    return answer;
  }

  private authorized({ method, path, query, body }: JamfCall, token: string): Promise<JamfAnswer> {
    const search = query === undefined ? '' : `?${new URLSearchParams(query).toString().replaceAll('+', '%20')}`;
    const headers = {
      authorization: `Bearer ${token}`,
      ...(body === undefined ? {} : { 'content-type': bodyTypes[method] ?? 'application/json' }),
    };
    const sent = body === undefined ? {} : { body: JSON.stringify(body) };
    return this.exchange({ method, url: this.credentials.url + path + search, headers, ...sent });
  }

  private exchange(request: JamfRequest): Promise<JamfAnswer> {
    return this.pace.during(async () => {
      const { header } = this.cookies;
      const headers = { ...request.headers, ...(header === undefined ? {} : { cookie: header }) };
      const { transport, timeoutMs } = this.options;
      const answer = await transport.send({ ...request, headers, ...(timeoutMs === undefined ? {} : { timeoutMs }) });
      this.cookies.take(answer.headers['set-cookie']);
      return answer;
    });
  }
}
