import { createHash, timingSafeEqual } from 'node:crypto';

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/** What identifies a scraper. `address` is the client's, as far as a trusted proxy reports it. */
export interface Scraper {
  readonly address: string | undefined;
  readonly authorization: string | undefined;
  /** It came through a proxy that is not trusted: the address is the proxy's. */
  readonly isForwardedByAStranger: boolean;
}

/** With METRICS_TOKEN only those who have it; without, only this machine. */
export function mayReadMetrics({ address, authorization, isForwardedByAStranger }: Scraper, token: string | null): boolean {
  if (token !== null) return timingSafeEqual(digest(authorization ?? ''), digest(`Bearer ${token}`));
  return !isForwardedByAStranger && /^(?:::ffff:)?127\.|^::1$/.test(address ?? '');
}
