import { RouteConfig } from '@nestjs/platform-fastify';
import type { FastifyRequest } from 'fastify';

/** How a protocol that is not ours says what went wrong: the members of the JSON object. */
export type ErrorForm = (fault: { readonly status: number; readonly detail: string; readonly error: unknown }) => Record<string, unknown>;

interface FormConfig {
  readonly errorForm?: ErrorForm;
}

/** Errors of this route are written so, also those that are noticed before its handler is called. */
export const WritesErrors = (errorForm: ErrorForm): MethodDecorator => RouteConfig({ errorForm } satisfies FormConfig);

/** Undefined for problem documents. What has no route yet has no form of its own. */
export const errorFormOf = (request: FastifyRequest): ErrorForm | undefined =>
  (request.routeOptions as { config?: FormConfig } | undefined)?.config?.errorForm;
