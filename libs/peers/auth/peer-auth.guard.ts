import { type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { AuthGuard } from '@nestjs/passport';
import { DomainError } from '#libs/platform/errors/domain-error.js';
import type { HeadGuard } from '#libs/platform/http/bodies/head-guard.js';
import { IS_PUBLIC } from '#libs/platform/http/public.decorator.js';
import { actAs } from '#libs/platform/logging/request-context.js';
import { KeyNotLookedUp, type PeerRequest, PeerStrategy } from './peer.strategy.js';
import { PeerTokenRefused } from '../peers.errors.js';

/** What passport-jwt says when the header is missing. */
const NO_TOKEN = 'No auth token';

/** Requests whose token is judged already. */
const judged = new WeakSet<object>();

/** Lets registered servers through. */
@Injectable()
export class PeerAuthGuard extends AuthGuard() implements HeadGuard {
  constructor(
    private readonly reflector: Reflector,
    private readonly strategy: PeerStrategy,
  ) {
    super({ defaultStrategy: strategy.registeredAs });
  }

  /** The token and its signature; the body that it was made for is compared when it has arrived. */
  async judgeHead(context: ExecutionContext): Promise<void> {
    if (this.isPublic(context)) return;
    await super.canActivate(context);
    const request = context.switchToHttp().getRequest<PeerRequest>();
    actAs({ kind: 'peer', name: request.user.name });
    judged.add(request);
  }

  override async canActivate(context: ExecutionContext): Promise<boolean> {
    if (this.isPublic(context)) return true;
    const request = context.switchToHttp().getRequest<PeerRequest>();
    if (!judged.has(request)) await this.judgeHead(context);
    await this.strategy.acceptCall(request);
    return true;
  }

  /** passport-jwt hands over all that went wrong as `info`, be it a token that is none or a database that is down. */
  override handleRequest<P>(error: unknown, peer: P | false, info?: unknown): P {
    if (peer) return peer;
    if (info instanceof KeyNotLookedUp) throw info.reason;
    const reason = error ?? info;
    if (error || reason instanceof DomainError) throw reason;
    if ((reason as Error).message === NO_TOKEN) throw new PeerTokenRefused('This call needs a token of a registered server.');
    throw new PeerTokenRefused('The signature of the token is wrong: it was not made with the key that this server knows.');
  }

  private isPublic(context: ExecutionContext): boolean {
    return this.reflector.getAllAndOverride<boolean>(IS_PUBLIC, [context.getHandler(), context.getClass()]) === true;
  }
}
