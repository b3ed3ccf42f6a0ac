import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Config } from '#libs/platform/config/config.js';
import { mayReadMetrics } from '#libs/platform/metrics/metrics-access.js';
import { MetricsForbidden } from './metrics.errors.js';

/** Lets scrapers in that may read figures. */
@Injectable()
export class MetricsGuard implements CanActivate {
  constructor(private readonly config: Config) {}

  canActivate(context: ExecutionContext): boolean {
    const { ip, headers } = context.switchToHttp().getRequest<FastifyRequest>();
    const isForwardedByAStranger = !this.config.get('TRUST_PROXY') && headers['x-forwarded-for'] !== undefined;
    const scraper = { address: ip, authorization: headers.authorization, isForwardedByAStranger };
    if (!mayReadMetrics(scraper, this.config.get('METRICS_TOKEN'))) throw new MetricsForbidden();
    return true;
  }
}
