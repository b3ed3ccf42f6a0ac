import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ProtocolUnknown } from './registration.errors.js';

export const PROTOCOL = 1;
export const PROTOCOL_HEADER = 'ods-protocol';

/** A newer caller is answered in the newest protocol this server knows; one that cannot be understood is refused clearly (MESH §9). */
@Injectable()
export class ProtocolGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const asked = request.headers[PROTOCOL_HEADER];
    void context.switchToHttp().getResponse<FastifyReply>().header('ODS-Protocol', String(PROTOCOL));
    if (asked === undefined || /^[1-9]\d{0,5}$/.test(String(asked))) return true;
    throw new ProtocolUnknown(String(asked).slice(0, 20), PROTOCOL);
  }
}
