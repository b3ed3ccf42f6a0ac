import { AsyncLocalStorage } from 'node:async_hooks';
import type { Role } from '#libs/entities/user.entity.js';
import type { Stage } from '#libs/replication/stage.js';

/** Who is behind a request, once a guard knows it. */
export interface Actor {
  readonly kind: 'user' | 'token' | 'peer';
  readonly name: string;
  /** Not set for peers, which have none. */
  readonly role?: Role;
  /** A token may be limited to packages of these stages; null or nothing: all. */
  readonly stages?: readonly Stage[] | null;
}

/** What is known of the request or job that is being served; every log line and audit event carries it. */
export interface RequestContext {
  readonly requestId: string;
  readonly address: string | null;
  /** Not set before sign-in, and never in a job: the server itself is then the actor. */
  actor?: Actor;
}

const storage = new AsyncLocalStorage<RequestContext>();

export const requestContext = (): RequestContext | undefined => storage.getStore();
export const withRequestContext = <T>(context: RequestContext, work: () => T): T => storage.run(context, work);

/** Guards say here on whose behalf the rest of the request is done. */
export function actAs(actor: Actor): void {
  const context = storage.getStore();
  if (context) context.actor = actor;
}
