import { type ExecutionContext, Injectable } from '@nestjs/common';
import type { HeadGuard } from '../http/bodies/head-guard.js';

/**
 * The port through which the admin API learns who calls: `accounts` implements it. `authenticate` sets `request.user` to a
 * `Principal`, checks the operation's least role, and throws the DomainError that the caller gets when either is missing.
 */
export abstract class Authenticator {
  abstract authenticate(context: ExecutionContext): Promise<boolean>;
}

/** Requests whose caller is known already. */
const judged = new WeakSet<object>();

/** Stands before every controller of the admin API. */
@Injectable()
export class AdminApiGuard implements HeadGuard {
  constructor(private readonly authenticator: Authenticator) {}

  async judgeHead(context: ExecutionContext): Promise<void> {
    await this.authenticator.authenticate(context);
    judged.add(context.switchToHttp().getRequest<object>());
  }

  async canActivate(context: ExecutionContext): Promise<boolean> {
    return judged.has(context.switchToHttp().getRequest<object>()) || this.authenticator.authenticate(context);
  }
}
