import type { CanActivate, ExecutionContext } from '@nestjs/common';

/** A guard that can judge a call from its head alone, before a byte of its body is read. */
export interface HeadGuard extends CanActivate {
  /** Throws what the caller is answered. `canActivate` runs later for the same request, and need not do the same again. */
  judgeHead(context: ExecutionContext): Promise<void>;
}

export const isHeadGuard = (guard: CanActivate): guard is HeadGuard => typeof (guard as Partial<HeadGuard>).judgeHead === 'function';
