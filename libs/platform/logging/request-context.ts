import { AsyncLocalStorage } from 'node:async_hooks';

/** What is known of the request or job that is being served; every log line and audit event carries it. */
export interface RequestContext {
  readonly requestId: string;
  readonly address: string | null;
}

const storage = new AsyncLocalStorage<RequestContext>();

export const requestContext = (): RequestContext | undefined => storage.getStore();
export const withRequestContext = <T>(context: RequestContext, work: () => T): T => storage.run(context, work);
