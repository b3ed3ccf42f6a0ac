import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { ROUTE_ARGS_METADATA } from '@nestjs/common/constants.js';
import { RouteParamtypes } from '@nestjs/common/enums/route-paramtypes.enum.js';
import type { FastifyRequest } from 'fastify';
import { InvalidRequest, pointerPart } from '../errors/common.errors.js';
import { unknownName } from '../format/nearest-name.js';

type Arguments = Readonly<Record<string, { readonly data?: unknown }>>;

/** What a handler takes of that kind: `any` when a DTO class or the handler itself reads it all, or the names that it takes one by one. */
function takenBy(context: ExecutionContext, kind: RouteParamtypes): 'any' | string[] {
  const found = (Reflect.getMetadata(ROUTE_ARGS_METADATA, context.getClass(), context.getHandler().name) ?? {}) as Arguments;
  const taken = Object.entries(found).filter(([key]) => key.startsWith(`${kind}:`));
  const names = taken.map(([, { data }]) => data);
  return names.every((name): name is string => typeof name === 'string') ? names : 'any';
}

/** Uploads read the request themselves, and say what is wrong with its body. */
const readsRequest = (context: ExecutionContext): boolean => takenBy(context, RouteParamtypes.REQUEST) === 'any';

/**
 * Refuses query parameters and body fields of operations that take none: the validation of DTO classes never sees them, and a typo such
 * as `?confrim=true` would be ignored in silence.
 */
@Injectable()
export class KnownNamesGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const { query, body } = context.switchToHttp().getRequest<FastifyRequest>();
    const faults = [
      ...this.faultsOf('query parameter', query, takenBy(context, RouteParamtypes.QUERY)),
      ...this.faultsOf('field', body, readsRequest(context) ? 'any' : takenBy(context, RouteParamtypes.BODY)),
    ];
    if (faults.length > 0) throw new InvalidRequest(faults);
    return true;
  }

  private faultsOf(kind: string, given: unknown, taken: 'any' | string[]): { pointer: string; detail: string }[] {
    if (taken === 'any' || typeof given !== 'object' || given === null) return [];
    const unknown = Object.keys(given).filter((name) => !taken.includes(name));
    return unknown.slice(0, 20).map((name) => ({ pointer: `/${pointerPart(name.slice(0, 60))}`, detail: unknownName(kind, name, taken) }));
  }
}
