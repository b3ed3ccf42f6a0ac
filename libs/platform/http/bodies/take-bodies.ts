import type { CanActivate, INestApplicationContext } from '@nestjs/common';
import { ExecutionContextHost } from '@nestjs/core/helpers/execution-context-host.js';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { BODY_BUDGETS, BodyBudget, type BodyTicket } from './body-budget.js';
import { BodyKindRefused } from './body-errors.js';
import { type BodyKind, DEFAULT_BODY_LIMITS } from './body-limits.js';
import { judgeBeforeContinue, letBodyCome } from './expect-continue.js';
import { isHeadGuard } from './head-guard.js';
import { parseJson } from './parse-json.js';
import { readBody } from './read-body.js';
import { type Route, RouteTable } from './route-table.js';

export interface BodyTypes {
  /** Read by the routes themselves, as they arrive. */
  readonly stream: readonly string[];
  /** Read into memory as they are. */
  readonly bytes: readonly string[];
}

type BodyRequest = FastifyRequest & { rawBody?: Buffer };
type Parse = (request: BodyRequest, route: Route | undefined) => Promise<unknown>;

/** RFC 9110 section 8.3.1. */
const mediaType = /^[\w!#$%&'*+.^`|~-]+\/[\w!#$%&'*+.^`|~-]+\s*(?:;.*)?$/;

/** Kinds of bodies whose type does not count. */
const typeless: ReadonlySet<BodyKind | undefined> = new Set(['any', 'stream']);

/** A request without these has no body (RFC 9112 section 6). */
const hasBody = ({ headers }: FastifyRequest): boolean =>
  headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;

/**
 * The one way by which bodies come in. Who calls is judged before the body is read; then it is read within the limits of its route, and as
 * many at a time as there is room for; then its shape is checked; only then does anything work with it.
 */
export function takeBodies(fastify: FastifyInstance, app: INestApplicationContext, types: BodyTypes): void {
  let table: RouteTable | undefined;
  const routeOf = ({ method, routeOptions }: FastifyRequest): Route | undefined =>
    (table ??= RouteTable.of(app)).find(method, routeOptions.url);
  const budgets = {
    known: new BodyBudget(BODY_BUDGETS.known),
    stranger: new BodyBudget(BODY_BUDGETS.stranger),
    stream: new BodyBudget(BODY_BUDGETS.stream),
  };
  const begin = (request: FastifyRequest, budget: keyof typeof budgets): BodyTicket => {
    const ticket = budgets[budget].begin(request.ip);
    request.raw.once('close', () => ticket.end());
    return ticket;
  };
  const take = async (request: BodyRequest, route: Route | undefined): Promise<Buffer> => {
    const ticket = begin(request, route && route.access !== 'public' ? 'known' : 'stranger');
    try {
      return (request.rawBody = await readBody(request.raw, route?.limits ?? DEFAULT_BODY_LIMITS, ticket));
    } finally {
      ticket.end();
    }
  };

  judgeBeforeContinue(fastify);
  fastify.addHook('onRequest', (request, _reply, done) => {
    // What is taken as it comes may be said to be of any type, also of one that is none.
    const { headers } = request.raw;
    if (typeless.has(routeOf(request)?.kind) && !mediaType.test(headers['content-type'] ?? '')) delete headers['content-type'];
    done();
  });
  fastify.addHook('preParsing', async (request, reply) => {
    // An empty body of some type is parsed too, and refused by its parser.
    const isParsed = hasBody(request) || request.headers['content-type'] !== undefined;
    const route = isParsed ? routeOf(request) : undefined;
    if (!route) return;
    await judgeHead(app, route, request, reply);
    letBodyCome(reply.raw);
  });
  fastify.removeAllContentTypeParsers();
  const parsers: readonly (readonly [types: string | string[], kind: BodyKind | null, parse: Parse])[] = [
    ['application/json', 'json', async (request, route) => parseJson(await take(request, route), route?.limits ?? DEFAULT_BODY_LIMITS)],
    [[...types.bytes], 'bytes', take],
    [[...types.stream], 'stream', () => Promise.resolve()],
    ['*', null, () => Promise.resolve()],
  ];
  for (const [type, kind, parse] of parsers) {
    fastify.addContentTypeParser(type, async (request: BodyRequest) => {
      if (request.method === 'DELETE' && !hasBody(request)) return undefined; // many programs name a type with every request
      const route = routeOf(request);
      // A route that reads its requests itself says in its own words which types it takes.
      if (route?.kind === 'stream') return void begin(request, 'stream');
      if (route?.kind === 'any') return take(request, route);
      if (route && route.kind !== kind && (kind !== null || hasBody(request))) throw new BodyKindRefused();
      return parse(request, route);
    });
  }
}

/** Runs the guards that need no body. The others run where Nest runs them, after it. */
async function judgeHead(app: INestApplicationContext, route: Route, request: FastifyRequest, reply: FastifyReply): Promise<void> {
  const context = new ExecutionContextHost([request, reply], route.controller, route.handler);
  for (const guard of route.guards) {
    const instance = app.get<CanActivate>(guard, { strict: false });
    if (isHeadGuard(instance)) await instance.judgeHead(context);
  }
}
