import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { CrossSiteRequest, JsonOnly } from './accounts.errors.js';

/**
 * Against request forgery on the operations that read or set the refresh cookie. The cookie is SameSite=Strict,
 * so another site's page cannot send it; the operations change state by POST only; a body must be JSON, which
 * such a page cannot send without asking first, and no CORS answer ever permits it; and browsers say where a
 * request comes from (Sec-Fetch-Site), which is believed here when it is said. Everything else under
 * /api/admin needs a bearer token, which no browser adds by itself.
 */
@Injectable()
export class SameSiteGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const { headers, method } = context.switchToHttp().getRequest<FastifyRequest>();
    const site = headers['sec-fetch-site'];
    if (site !== undefined && site !== 'same-origin' && site !== 'none') throw new CrossSiteRequest();
    const type = headers['content-type'];
    if (method === 'POST' && type !== undefined && !/^application\/json\s*(?:;|$)/i.test(type)) throw new JsonOnly();
    return true;
  }
}
