import { isNativeError } from 'node:util/types';

const DEPTH = 6;
const ITEMS = 50;
const TOTAL = 300;
const TEXT_LENGTH = 8_000;
const REDACTED = '[redacted]';
const secretWords = new Set([
  'authorization',
  'cookie',
  'cookies',
  'password',
  'passwords',
  'passphrase',
  'secret',
  'secrets',
  'token',
  'tokens',
  'jwt',
  'credentials',
]);

/** True for names such as `newPassword`, `REFRESH_TOKEN`, `set-cookie` or `registrationKey`. */
function namesSecret(name: string): boolean {
  const words = name
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .split(/[^a-z0-9]+/);
  return words.some((word) => secretWords.has(word)) || /^keys?$/.test(words.at(-1)!);
}

/** Passwords in URLs and bearer tokens, wherever a message quotes them. */
export function safeText(text: string): string {
  return text
    .slice(0, TEXT_LENGTH)
    .replace(/(\/\/[^\s/:@]*):[^\s/@]+@/g, `$1:${REDACTED}@`)
    .replace(/\bBearer\s+[\w.~+/-]+=*/gi, `Bearer ${REDACTED}`);
}

/** Anything, made safe to log: no secrets by name, no cycles, no bytes, nothing huge. Never throws. */
export function safeFields(fields: object): Record<string, unknown> {
  return new Copy().ofObject(fields, DEPTH);
}

/** One copy with its bound: an object graph grows faster than any depth can hold. */
class Copy {
  private left = TOTAL;

  ofObject(value: object, depth: number): Record<string, unknown> {
    const safe: Record<string, unknown> = {};
    for (const name of Object.keys(value).slice(0, ITEMS)) {
      try {
        safe[name] = namesSecret(name) ? REDACTED : this.ofValue((value as Record<string, unknown>)[name], depth - 1);
      } catch {
        safe[name] = '[unreadable]';
      }
    }
    return safe;
  }

  private ofValue(value: unknown, depth: number): unknown {
    if (typeof value === 'string') return safeText(value);
    if (typeof value === 'bigint' || typeof value === 'symbol' || typeof value === 'function') return String(value).slice(0, 100);
    if (typeof value !== 'object' || value === null || value instanceof Date) return value;
    if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
    this.left -= 1;
    if (depth <= 0 || this.left <= 0) return '[…]';
    if (isNativeError(value)) return this.ofError(value, depth);
    if (Array.isArray(value)) return value.slice(0, ITEMS).map((item) => this.ofValue(item, depth - 1));
    return this.ofObject(value, depth);
  }

  /**
   * What of an error helps to find its cause. Its other members stay out of the log: drivers put parameters
   * there, HTTP clients whole requests.
   */
  private ofError(error: Error, depth: number): Record<string, unknown> {
    const { code, query, cause } = error as Error & { code?: unknown; query?: unknown };
    return {
      type: error.constructor.name,
      message: safeText(error.message),
      ...(typeof code === 'string' || typeof code === 'number' ? { code } : {}),
      ...(typeof query === 'string' ? { query: safeText(query) } : {}),
      stack: safeText(error.stack ?? ''),
      ...(cause === undefined ? {} : { cause: this.ofValue(cause, depth - 1) }),
    };
  }
}
