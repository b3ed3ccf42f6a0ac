const LONGEST = 200;
const path = /^(?:\/[A-Za-z0-9._~-]+)+$/;
/** Begins paths of the server itself. */
const reservedPath = /^\/(?:api|share|Packages|munki(?:_api)?|healthz|readyz|metrics)(?:\/|$)/;

/** `/ods` for what is meant by `/ods/`; empty for the root, and null for what is no path to serve under. */
export function cleanPath(text: string): string | null {
  const clean = text.trim().replace(/\/+$/, '');
  if (clean === '') return '';
  return clean.length <= LONGEST && path.test(clean) && !/\/\.{1,2}(\/|$)/.test(clean) && !reservedPath.test(clean) ? clean : null;
}
