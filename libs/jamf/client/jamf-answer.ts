import { type JamfError, JamfFault } from './jamf-fault.js';

/** An answer as it came: nothing of it is trusted. */
export interface JamfAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly text: string;
}

const SHOWN_CHARACTERS = 300;
const MOST_ERRORS = 10;

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const textOf = (value: unknown): string => (typeof value === 'string' ? value.slice(0, SHOWN_CHARACTERS) : '');

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined; // pages of proxies are not JSON; the caller says what that means
  }
}

function errorsOf(text: string): JamfError[] {
  const body = parsed(text);
  if (!isObject(body) || !Array.isArray(body['errors'])) return [];
  return (body['errors'] as unknown[])
    .filter(isObject)
    .slice(0, MOST_ERRORS)
    .map(({ code, description, field }) => ({ code: textOf(code), description: textOf(description), field: textOf(field) }));
}

/** The beginning of an answer that is no JSON of Jamf Pro, without its markup. */
const beginning = (text: string): string =>
  text
    .replace(/<(head|style|script)[\s\S]*?<\/\1>/gi, ' ')
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, SHOWN_CHARACTERS);

const wordsOf = ({ code, description, field }: JamfError): string => [code, field && `(${field})`, description].filter(Boolean).join(' ');

/** An edge firewall answers in HTML of its own, where Jamf Pro answers in JSON. */
const isOfEdge = ({ status, headers, text }: JamfAnswer): boolean =>
  status === 403 && errorsOf(text).length === 0 && /cloudfront|cloudflare|akamai/i.test(String(headers['server'] ?? ''));

/** The fault that an answer is; null for a success. `privilege` is what the call needs. */
export function faultOf(answer: JamfAnswer, privilege: string | null): JamfFault | null {
  const { status, text } = answer;
  if (status >= 200 && status < 300) return null;
  const errors = errorsOf(text);
  const said = errors.length > 0 ? errors.map(wordsOf).join('; ') : beginning(text);
  const quote = said === '' ? '.' : `: ${said}`;
  const details = { status, errors };
  if (isOfEdge(answer)) return new JamfFault('edge_refused', `A firewall in front of Jamf Pro refused the request (403)${quote}`, details);
  if (status === 401) return new JamfFault('sign_in_refused', `Jamf Pro did not accept the sign-in (401)${quote}`, details);
  if (status === 403 && privilege !== null)
    return new JamfFault('forbidden', `The API role lacks the privilege "${privilege}" (403)${quote}`, { ...details, privilege });
  if (status === 403) return new JamfFault('forbidden', `Jamf Pro refused the request (403)${quote}`, details);
  if (status === 404) return new JamfFault('not_found', `Jamf Pro has no such object (404)${quote}`, details);
  if (status === 408 || status === 429 || status >= 500)
    return new JamfFault('unavailable', `Jamf Pro is not available (${status})${quote}`, details);
  if (status >= 300 && status < 400)
    return new JamfFault('rejected', `The server redirects (${status}): enter the address that it redirects to.`, details);
  return new JamfFault('rejected', `Jamf Pro rejected the request (${status})${quote}`, details);
}

/** The object in a successful answer. Throws JamfFault `unreadable`. */
export function objectIn({ status, text }: JamfAnswer): Readonly<Record<string, unknown>> {
  const body = parsed(text);
  if (isObject(body)) return body;
  throw new JamfFault('unreadable', `The answer (${status}) is not JSON of Jamf Pro: ${beginning(text) || 'it is empty'}`, { status });
}
