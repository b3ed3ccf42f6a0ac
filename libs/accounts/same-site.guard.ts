import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { CrossSiteRequest, JsonOnly } from './accounts.errors.js';

/**
 * Against request forgery on the operations that read or set the refresh cookie. The cookie is SameSite=Strict,
 * so another site's page cannot send it; the operations change state by POST only; a body must be JSON, which
 * such a page cannot send without asking first, and no CORS answer ever permits it; and browsers say where a
 * request comes from: Sec-Fetch-Site, which no page can set, or else Origin. Everything else under /api/admin
 * needs a bearer token, which no browser adds on its own.
 */
@Injectable()
export class SameSiteGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const { headers, method } = request;
    if (method !== 'POST') return true; // needs a bearer token, and changes nothing
    requireOwnSite(request);
    const type = headers['content-type'];
    if (type !== undefined && !/^application\/json\s*(?:;|$)/i.test(type)) throw new JsonOnly();
    return true;
  }
}

/** Throws CrossSiteRequest for what a page of another site has a browser send. */
export function requireOwnSite(request: FastifyRequest): void {
  const site = request.headers['sec-fetch-site'];
  if (site === undefined ? !isOwnOrigin(request) : site !== 'same-origin' && site !== 'none') throw new CrossSiteRequest();
}

/** Programs send no Origin. The scheme is not compared: behind a proxy that ends TLS this server may not know it. */
function isOwnOrigin({ headers: { origin }, host }: FastifyRequest): boolean {
  if (origin === undefined) return true;
  return URL.canParse(origin) && new URL(origin).host === host.replace(/:(?:80|443)$/, '');
}
