import { type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { AuthGuard } from '@nestjs/passport';
import type { FastifyRequest } from 'fastify';
import type { Peer } from '#libs/entities/peer.entity.js';
import { DomainError } from '#libs/platform/errors/domain-error.js';
import { IS_PUBLIC } from '#libs/platform/http/public.decorator.js';
import { actAs } from '#libs/platform/logging/request-context.js';
import { PeerStrategy } from './peer.strategy.js';
import { PeerTokenRefused } from './registration.errors.js';

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

  override handleRequest<P>(error: unknown, peer: P | false): P {
    if (error instanceof DomainError) throw error;
    if (error) throw error instanceof Error ? error : new Error('The peer token could not be checked.');
    if (peer) return peer;
    throw new PeerTokenRefused('This call needs a token of a registered server.');
  }
}
