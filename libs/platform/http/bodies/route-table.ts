import { type CanActivate, type INestApplicationContext, RequestMethod, type Type } from '@nestjs/common';
import { GUARDS_METADATA, METHOD_METADATA, PATH_METADATA } from '@nestjs/common/constants.js';
import { ModulesContainer } from '@nestjs/core';
import { AdminApiGuard } from '../../admin-api/authenticator.js';
import { MINIMUM_ROLE, usualRole } from '../../admin-api/roles.decorator.js';
import { IS_PUBLIC } from '../public.decorator.js';
import { BODY_KIND, BODY_LIMITS, type BodyKind, type BodyLimits, DEFAULT_BODY_LIMITS } from './body-limits.js';

type Handler = (...args: never[]) => unknown;

/** One route, as its decorators describe it. */
export interface Route {
  readonly method: string;
  /** As the router knows it: `/api/admin/users/:id`. */
  readonly path: string;
  readonly controller: Type;
  readonly handler: Handler;
  readonly guards: readonly Type<CanActivate>[];
  /** What the caller must prove: nothing, a role as in the admin API, or that it is a registered server. */
  readonly access: 'public' | 'admin' | 'peer';
  /** The least role, of those who prove one. */
  readonly role: string | null;
  readonly limits: BodyLimits;
  readonly kind: BodyKind;
}

const keyOf = (method: string, path: string): string => `${method} ${path}`;

/** Every route of the application's controllers. Console files and the API's documents have no controller, and take no body. */
export class RouteTable {
  private readonly byKey: ReadonlyMap<string, Route>;

  constructor(readonly routes: readonly Route[]) {
    this.byKey = new Map(routes.map((route) => [keyOf(route.method, route.path), route]));
  }

  static of(app: INestApplicationContext): RouteTable {
    const controllers = new Set<Type>();
    for (const module of app.get(ModulesContainer).values()) {
      for (const { metatype } of module.controllers.values()) if (metatype) controllers.add(metatype as Type);
    }
    return new RouteTable([...controllers].flatMap(routesOf));
  }

  find(method: string, path: string | undefined): Route | undefined {
    return path === undefined ? undefined : this.byKey.get(keyOf(method, path));
  }
}

function routesOf(controller: Type): Route[] {
  const prototype = controller.prototype as object;
  const methods = Object.values(Object.getOwnPropertyDescriptors(prototype)).map(({ value }) => value as unknown);
  return methods.flatMap((handler) => (typeof handler === 'function' ? routesOfHandler(controller, handler as Handler) : []));
}

const listOf = (value: string | string[] | undefined): string[] => (value === undefined ? [''] : [value].flat());

function routesOfHandler(controller: Type, handler: Handler): Route[] {
  const method = Reflect.getMetadata(METHOD_METADATA, handler) as RequestMethod | undefined;
  if (method === undefined) return [];
  const bases = listOf(Reflect.getMetadata(PATH_METADATA, controller) as string | string[] | undefined);
  const ends = listOf(Reflect.getMetadata(PATH_METADATA, handler) as string | string[] | undefined);
  return bases.flatMap((base) => ends.map((end) => routeOf(controller, handler, RequestMethod[method], pathOf(base, end))));
}

const pathOf = (base: string, end: string): string =>
  `/${[base, end]
    .map((part) => part.replace(/^\/+|\/+$/g, ''))
    .filter(Boolean)
    .join('/')}`;

function routeOf(controller: Type, handler: Handler, method: string, path: string): Route {
  const marked = <T>(key: string): T | undefined =>
    (Reflect.getMetadata(key, handler) ?? Reflect.getMetadata(key, controller)) as T | undefined;
  const guards = [controller, handler].flatMap((target) => (Reflect.getMetadata(GUARDS_METADATA, target) ?? []) as Type<CanActivate>[]);
  const isPublic = marked<boolean>(IS_PUBLIC) === true;
  const isGuarded = path.startsWith('/api/admin') || guards.some((guard) => guard.prototype instanceof AdminApiGuard);
  const access = isPublic ? 'public' : path.startsWith('/api/ods') ? 'peer' : isGuarded ? 'admin' : 'public';
  return {
    ...{ method, path, controller, handler, guards, access },
    role: access === 'admin' ? (marked<string>(MINIMUM_ROLE) ?? usualRole(method)) : null,
    limits: marked<BodyLimits>(BODY_LIMITS) ?? DEFAULT_BODY_LIMITS,
    kind: marked<BodyKind>(BODY_KIND) ?? 'json',
  };
}
