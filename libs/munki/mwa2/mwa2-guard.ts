import { type ExecutionContext, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { looksLikeApiToken } from '#libs/accounts/api-tokens.service.js';
import { requireOwnSite } from '#libs/accounts/same-site.guard.js';
import { basicCredentialsOf } from '#libs/downloads/access/basic-credentials.js';
import { requireStages } from '#libs/packages/stage-limit.js';
import { AdminApiGuard } from '#libs/platform/admin-api/authenticator.js';
import { DomainError } from '#libs/platform/errors/domain-error.js';
import { MUNKI_STAGE } from '../files/munki-files.service.js';
import { methodOf, requireWritable, targetOf } from './mwa2-target.js';
import { Mwa2TokenNeeded } from './mwa2.errors.js';

const HOW = 'Send an access token of ODS (console: Account, Tokens) as the password.';

/** Requests whose head was judged. */
const judged = new WeakSet<FastifyRequest>();

/** Judges who calls, and whether the file may be written, before a byte of it is read. */
@Injectable()
export class Mwa2Guard extends AdminApiGuard {
  override async judgeHead(context: ExecutionContext): Promise<void> {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    requireOwnSite(request); // browsers send a password that they were given for this site with requests of other sites, too
    showAsBearer(request);
    try {
      await super.judgeHead(context);
    } catch (error) {
      throw error instanceof DomainError && error.status === 401 ? new Mwa2TokenNeeded(`${error.message} ${HOW}`) : error;
    }
    const method = methodOf(request);
    if (method !== 'GET' && request.method !== 'HEAD') {
      requireStages(MUNKI_STAGE);
      requireWritable(method, targetOf(request));
    }
    judged.add(request);
  }

  override async canActivate(context: ExecutionContext): Promise<boolean> {
    if (!judged.has(context.switchToHttp().getRequest<FastifyRequest>())) await this.judgeHead(context);
    return true;
  }
}

/** `Basic` with a token as the password is the same token as `Bearer`. Passwords of accounts cost much to check, and tools call hundreds of times. */
function showAsBearer({ headers }: FastifyRequest): void {
  const basic = basicCredentialsOf(headers.authorization);
  if (basic === null) return;
  if (!looksLikeApiToken(basic.password)) throw new Mwa2TokenNeeded(`Passwords of accounts are not taken here. ${HOW}`);
  headers.authorization = `Bearer ${basic.password}`;
}
