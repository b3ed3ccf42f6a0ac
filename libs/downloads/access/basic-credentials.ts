/** What a client shows in `Authorization: Basic` (RFC 7617). */
export interface BasicCredentials {
  readonly username: string;
  readonly password: string;
}

const basic = /^basic +([a-z0-9+/]+={0,2}) *$/i;

/** Null when the header is another one, or none; a user name ends at the first colon. */
export function basicCredentialsOf(header: string | undefined): BasicCredentials | null {
  const [, encoded] = basic.exec(header ?? '') ?? [];
  if (encoded === undefined) return null;
  const text = Buffer.from(encoded, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  return colon < 0 ? null : { username: text.slice(0, colon), password: text.slice(colon + 1) };
}
