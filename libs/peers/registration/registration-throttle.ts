import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { addressKey } from '#libs/platform/http/address-key.js';
import { Clock } from '#libs/platform/clock.js';
import { TokenBuckets } from '#libs/platform/http/token-buckets.js';
import { RegistrationThrottled } from '../peers.errors.js';

/** Registrations and proofs cost a signature each and need no sign-in: one address gets as many at once as a site may have servers, then five a second. */
@Injectable()
export class RegistrationThrottle implements CanActivate {
  private readonly buckets = new TokenBuckets({ size: 100, refillMs: 200, remembered: 10_000 });

  constructor(private readonly clock: Clock) {}

  canActivate(context: ExecutionContext): boolean {
    const { ip } = context.switchToHttp().getRequest<FastifyRequest>();
    const waitMs = this.buckets.take(addressKey(ip), this.clock.now());
    if (waitMs > 0) throw new RegistrationThrottled(waitMs);
    return true;
  }
}
