import { applyDecorators, Controller, createParamDecorator, type ExecutionContext, UseGuards } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import type { Peer } from '#libs/entities/peer.entity.js';
import { PeerAuthGuard } from './peer-auth.guard.js';
import { ProtocolGuard } from './protocol.guard.js';

/** A controller of the API between servers, below /api/ods: registered servers only. */
export const PeerApi = (path = ''): ClassDecorator =>
  applyDecorators(Controller(path ? `api/ods/${path}` : 'api/ods'), ApiExcludeController(), UseGuards(ProtocolGuard, PeerAuthGuard));

/** Which server calls. */
export const CurrentPeer = createParamDecorator(
  (_: unknown, context: ExecutionContext): Peer => context.switchToHttp().getRequest<FastifyRequest & { user: Peer }>().user,
);
