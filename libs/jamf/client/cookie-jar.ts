const MOST_COOKIES = 20;
const MOST_CHARACTERS = 4_096;
/** What a cookie may be (RFC 6265 section 4.1.1), so that nothing else gets into a header. */
const cookie =
  /^([!#$%&'*+\-.^_`|~0-9A-Za-z]+)=([\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]*|"[\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]*")$/;

/**
 * The cookies of one Jamf Pro server. They keep a client on one node of the cluster, whose writes other nodes see later
 * (`jpro-ingress`, `APBALANCEID`, `JSESSIONID`). Only one origin is ever called, so that domain and path need no attention.
 */
export class CookieJar {
  private readonly cookies = new Map<string, string>();

  /** The `Set-Cookie` of an answer. */
  take(header: unknown): void {
    const lines: unknown[] = Array.isArray(header) ? header : [header];
    for (const line of lines) if (typeof line === 'string' && line.length <= MOST_CHARACTERS) this.takeLine(line);
  }

  /** The `Cookie` of a request; undefined when there is none. */
  get header(): string | undefined {
    if (this.cookies.size === 0) return undefined;
    return [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  }

  private takeLine(line: string): void {
    const [first = '', ...attributes] = line.split(';').map((part) => part.trim());
    const [, name, value] = cookie.exec(first) ?? [];
    if (name === undefined || value === undefined) return;
    const isOver = attributes.some((attribute) => /^max-age=(?:0|-\d+)$/i.test(attribute) || isPast(attribute));
    if (isOver) this.cookies.delete(name);
    else if (this.cookies.has(name) || this.cookies.size < MOST_COOKIES) this.cookies.set(name, value);
  }
}

function isPast(attribute: string): boolean {
  const [, date] = /^expires=(.+)$/i.exec(attribute) ?? [];
  return date !== undefined && Date.parse(date) <= Date.now();
}
