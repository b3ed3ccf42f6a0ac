import { type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { AuthGuard } from '@nestjs/passport';
import type { FastifyRequest } from 'fastify';
import type { Peer } from '#libs/entities/peer.entity.js';
import { DomainError } from '#libs/platform/errors/domain-error.js';
import { IS_PUBLIC } from '#libs/platform/http/public.decorator.js';
import { actAs } from '#libs/platform/logging/request-context.js';
import { KeyNotLookedUp, PeerStrategy } from './peer.strategy.js';
import { PeerTokenRefused } from './registration.errors.js';

/** What passport-jwt says when the header is missing. */
const NO_TOKEN = 'No auth token';

/** Lets registered servers through. */
@Injectable()
export class PeerAuthGuard extends AuthGuard() {
  constructor(
    private readonly reflector: Reflector,
    strategy: PeerStrategy,
  ) {
    super({ defaultStrategy: strategy.registeredAs });
  }

  override async canActivate(context: ExecutionContext): Promise<boolean> {
    if (this.reflector.getAllAndOverride<boolean>(IS_PUBLIC, [context.getHandler(), context.getClass()])) return true;
    await super.canActivate(context);
    actAs({ kind: 'peer', name: context.switchToHttp().getRequest<FastifyRequest & { user: Peer }>().user.name });
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
}
