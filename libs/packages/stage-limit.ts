import { requestContext } from '#libs/platform/logging/request-context.js';
import type { Stage } from '#libs/replication/stage.js';
import { StageNotYours } from './packages.errors.js';

/** Throws StageNotYours when the caller's token is limited to other stages than these. Work of the server itself has no limit. */
export function requireStages(...touched: Stage[]): void {
  const limit = requestContext()?.actor?.stages ?? null;
  const outside = limit && touched.find((stage) => !limit.includes(stage));
  if (limit && outside) throw new StageNotYours(outside, limit);
}
