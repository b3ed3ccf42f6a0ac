import { Controller, Get, HttpCode, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Database } from '../database/database.js';
import { JobQueue } from '../jobs/job-queue.js';
import { Public } from './public.decorator.js';
import { Shutdown } from './shutdown.js';

/** For load balancers and supervisors: alive at all, and ready to serve. */
@ApiExcludeController()
@Public()
@Controller()
export class HealthController {
  constructor(
    private readonly db: Database,
    private readonly queue: JobQueue,
    private readonly shutdown: Shutdown,
  ) {}

  @Get('healthz')
  @HttpCode(200)
  health(): { status: string } {
    return { status: 'ok' };
  }

  @Get('readyz')
  async ready(@Res({ passthrough: true }) reply: FastifyReply): Promise<{ status: string; reasons: string[] }> {
    const reasons = await this.reasons();
    void reply.status(reasons.length === 0 ? 200 : 503);
    return { status: reasons.length === 0 ? 'ready' : 'not ready', reasons };
  }

  private async reasons(): Promise<string[]> {
    const reasons: string[] = [];
    if (this.shutdown.signal.aborted) reasons.push('The server is stopping.');
    try {
      await this.db.manager.query('SELECT 1');
    } catch {
      reasons.push('The database does not answer.');
    }
    if ((await this.queue.fault()) !== null) reasons.push('Redis does not answer; jobs wait in the database until it does.');
    return reasons;
  }
}
