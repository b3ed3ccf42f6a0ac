import { cleanPath } from './base-path.js';

/** First segments of the console's own pages: a context of that name would hide them. */
const consolePages =
  /^\/(?:sign-in|set-password|overview|packages|deleted|activity|network|held|webhooks|notifications|people|oidc|retention|jamf|repository|audit|admin|index\.html)(?:\/|$)/;
const MOST_CONTEXTS = 20;

/** `/CasperShare` for `CasperShare/`. Throws when a context would take the place of a path of this server. */
export function parseContexts(text: string): string[] {
  const names = text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
  if (names.length > MOST_CONTEXTS) throw new Error(`must have at most ${MOST_CONTEXTS} contexts.`);
  return names.map((name) => {
    const context = cleanPath(name.startsWith('/') ? name : `/${name}`);
    if (!context || consolePages.test(context))
      throw new Error(`must be contexts such as CasperShare or files/mac that are no path of this server itself, not "${name}".`);
    return context;
  });
}

/** What some clients open to see whether the distribution point is there. */
const places = ['/share', '/share/Packages', '/Packages'];

/**
 * The URL of a download as this server knows it: slashes that were joined carelessly are merged, and a context that a former distribution
 * point had (`/CasperShare/Packages/NoMAD.pkg`) means the share, which itself is `/share`. Anything else is returned as it is.
 */
export function toDownloadUrl(url: string, contexts: readonly string[]): string {
  const end = url.indexOf('?');
  const [target, query] = end === -1 ? [url, ''] : [url.slice(0, end), url.slice(end)];
  const merged = target.replace(/\/{2,}/g, '/');
  const context = contexts.find((each) => merged === each || merged.startsWith(`${each}/`));
  const path = context === undefined ? merged : `/share${merged.slice(context.length)}`;
  if (places.includes(path.replace(/\/$/, ''))) return `/share${query}`;
  return context !== undefined || /^\/(?:share|Packages)\//.test(path) ? path + query : url;
}
