import { isLoopbackUrl } from '#libs/platform/http/outbound-rules.js';

/** The origin of a Jamf Pro server, in lower case; null for what is none. Plain http only to this machine, where the line is not heard. */
export function jamfOrigin(text: string): string | null {
  const url = URL.canParse(text.trim()) ? new URL(text.trim()) : null;
  if (!url || url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '' || url.pathname !== '/') return null;
  if (url.protocol === 'https:' || (url.protocol === 'http:' && isLoopbackUrl(url.href))) return url.origin;
  return null;
}
