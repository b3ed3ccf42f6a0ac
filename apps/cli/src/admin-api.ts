import { CommandFailed, EXIT } from './failures.js';
import { exchangeText } from './http-request.js';

const CALL_TIMEOUT_MS = 60_000;

/** The admin API of one server. */
export class AdminApi {
  readonly url: string;

  constructor(
    url: string,
    readonly token: string | null,
  ) {
    this.url = url.replace(/\/+$/, '');
  }

  get<T>(target: string): Promise<T> {
    return this.call<T>('GET', target);
  }

  /** Throws CommandFailed with what the server said. */
  async call<T>(method: string, target: string, body?: unknown): Promise<T> {
    const headers = { ...this.authorization, ...(body === undefined ? {} : { 'content-type': 'application/json' }) };
    const sent = { ...(body === undefined ? {} : { body: JSON.stringify(body) }), timeoutMs: CALL_TIMEOUT_MS };
    const { status, text } = await exchangeText(`${this.url}/api/admin/${target}`, method, headers, sent).catch((error: unknown) => {
      throw unreachable(this.url, error);
    });
    return readAnswer<T>(status, text);
  }

  get authorization(): Record<string, string> {
    return this.token === null ? {} : { authorization: `Bearer ${this.token}` };
  }
}

export function unreachable(url: string, error: unknown): CommandFailed {
  const { message, cause, code } = error as Error & { code?: string };
  const reason =
    code ?? (cause as { code?: string; message?: string } | undefined)?.code ?? (cause as Error | undefined)?.message ?? message;
  return new CommandFailed(`${url} does not answer: ${reason}.`, EXIT.unreachable);
}

/** The body of a good answer. Throws CommandFailed with the sentence of the problem document otherwise. */
export function readAnswer<T>(status: number, text: string): T {
  let body: unknown;
  try {
    body = text === '' ? {} : JSON.parse(text);
  } catch {
    throw new CommandFailed(`What answered (status ${status}) is no ODS. Check the URL.`);
  }
  if (status >= 200 && status <= 299) return body as T;
  const { detail = `Status ${status}.`, type } = body as { detail?: string; type?: string };
  if (type === 'urn:ods:problem:first-sign-in-elsewhere') throw new CommandFailed(`${detail} Run it again with --code CODE.`);
  throw new CommandFailed(status === 401 ? `${detail} Run "ods login URL", or renew ODS_TOKEN.` : detail);
}

/** Whether it was not ODS that refused: its own refusals are problem documents of its own kind. */
export const isOfProxy = (text: string): boolean => !text.includes('urn:ods:problem:');
