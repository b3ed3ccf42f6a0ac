/** The address without a trailing slash, or a sentence about what is wrong with it. */
export function checkServerUrl(text: string): { url: string } | { fault: string } {
  if (!URL.canParse(text)) return { fault: 'The URL must be absolute, for example https://ods.example.com.' };
  const url = new URL(text);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return { fault: 'The URL must begin with http:// or https://.' };
  if (url.username || url.password) return { fault: 'The URL must not carry a user name or password.' };
  if (url.search || url.hash) return { fault: 'The URL must end with the path: no question mark, no hash.' };
  return { url: `${url.origin}${url.pathname.replace(/\/+$/, '')}` };
}
