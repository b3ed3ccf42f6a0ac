import { CommandFailed, EXIT } from './failures.js';

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
    const response = await fetch(`${this.url}/api/admin/${target}`, {
      method,
      headers: { ...this.authorization, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      body: body === undefined ? null : JSON.stringify(body),
      signal: AbortSignal.timeout(CALL_TIMEOUT_MS),
    }).catch((error: unknown) => {
      throw unreachable(this.url, error);
    });
    return readAnswer<T>(response.status, await response.text());
  }

  get authorization(): Record<string, string> {
    return this.token === null ? {} : { authorization: `Bearer ${this.token}` };
  }
}

export function unreachable(url: string, error: unknown): CommandFailed {
  const { message, cause } = error as Error;
  const reason = (cause as { code?: string; message?: string } | undefined)?.code ?? (cause as Error | undefined)?.message ?? message;
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
  const detail = (body as { detail?: string }).detail ?? `Status ${status}.`;
  throw new CommandFailed(status === 401 ? `${detail} Run "ods login URL", or renew ODS_TOKEN.` : detail);
}
