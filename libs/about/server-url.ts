/** Longest address, in characters: what the database column holds. */
export const URL_LIMIT = 500;

/** The address without a trailing slash, or a sentence about what is wrong with it. */
export function checkServerUrl(text: string): { url: string } | { fault: string } {
  if (!URL.canParse(text)) return { fault: 'The URL must be absolute, for example https://ods.example.com.' };
  const url = new URL(text);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return { fault: 'The URL must begin with http:// or https://.' };
  if (url.username || url.password) return { fault: 'The URL must not carry a user name or password.' };
  if (url.search || url.hash) return { fault: 'The URL must end with the path: no question mark, no hash.' };
  const address = `${url.origin}${url.pathname.replace(/\/+$/, '')}`;
  // Measured here, because percent-encoding makes it longer.
  if (address.length > URL_LIMIT) return { fault: `The URL is too long: ${URL_LIMIT} characters are possible.` };
  return { url: address };
}
