const areas: readonly (readonly [RegExp, string])[] = [
  [/^\/api\/admin\/upload/, 'upload'],
  [/^\/api\/admin\//, 'admin_api'],
  [/^\/munki_api(?:\/|$)/, 'munki_api'],
  [/^\/api\/ods\//, 'peer_api'],
  [/^\/(?:share|Packages)(?:\/|$)/, 'share'],
  [/^\/(?:healthz|readyz|metrics)$/, 'supervision'],
];

const methods = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

/** The part of the server that a URL is about: a handful of words, whatever clients ask for. */
export function requestArea(url: string): string {
  const [path = ''] = url.split('?');
  return areas.find(([pattern]) => pattern.test(path))?.[1] ?? 'console';
}

export const requestMethod = (method: string): string => (methods.has(method) ? method : 'other');
