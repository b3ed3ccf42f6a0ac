import { type ExecutionContext, Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Clock } from '#libs/platform/clock.js';
import { DatabaseHealth } from '#libs/platform/database/database-health.js';
import { DatabaseUnsound } from '#libs/platform/errors/common.errors.js';
import type { HeadGuard } from '#libs/platform/http/bodies/head-guard.js';
import { ProtocolUnknown } from '../peers.errors.js';

export const PROTOCOL = 1;
export const PROTOCOL_HEADER = 'ods-protocol';
/** The answering server's clock when it began to answer, in epoch milliseconds: the caller compares its own (MESH §2). */
export const TIME_HEADER = 'ods-time';

/** A newer caller is answered in the newest protocol this server knows; one that cannot be understood is refused clearly (MESH §9). */
@Injectable()
export class ProtocolGuard implements HeadGuard {
  constructor(
    private readonly clock: Clock,
    private readonly health: DatabaseHealth,
  ) {}

  /** Then a refusal that needs no body names the protocol and the time too. */
  judgeHead(context: ExecutionContext): Promise<void> {
    this.canActivate(context);
    return Promise.resolve();
  }

  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const asked = request.headers[PROTOCOL_HEADER];
    const reply = context.switchToHttp().getResponse<FastifyReply>();
    void reply.header('ODS-Protocol', String(PROTOCOL)).header('ODS-Time', String(this.clock.now()));
    if (!this.health.isSound) throw new DatabaseUnsound(this.health.damage !== null);
    if (asked === undefined || /^[1-9]\d{0,5}$/.test(String(asked))) return true;
    throw new ProtocolUnknown(String(asked).slice(0, 20), PROTOCOL);
  }
}
