import { isLoopbackUrl } from '#libs/platform/http/outbound-rules.js';

function plainUrl(text: string): URL | null {
  const url = URL.canParse(text.trim()) ? new URL(text.trim()) : null;
  if (!url || url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') return null;
  return url.protocol === 'https:' || (url.protocol === 'http:' && isLoopbackUrl(url.href)) ? url : null;
}

/** The issuer of an OpenID provider as it was given; null for what is none. Plain http only to this machine, where the line is not heard. */
export const issuerOf = (text: string): string | null => (plainUrl(text) === null ? null : text.trim());

/** Where people open the console, without a slash at the end; null for what no provider may send a code to. */
export const consoleUrlOf = (text: string): string | null => plainUrl(text)?.href.replace(/\/+$/, '') ?? null;

/** Where the provider sends browsers back to. */
export const callbackUrlOf = (consoleUrl: string): string => `${consoleUrl}/api/admin/auth/oidc/callback`;
