import cookie from '@fastify/cookie';
import helmet from '@fastify/helmet';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Config } from '#libs/platform/config/config.js';
import type { DataSource } from '#libs/platform/database/data-source.js';
import { answerProblem, ProblemFilter } from '#libs/platform/errors/problem.filter.js';
import { trackRequests } from '#libs/platform/http/track-requests.js';
import { allowOrigins } from '#libs/platform/http/allow-origins.js';
import { limitRate } from '#libs/platform/http/limit-rate.js';
import { boundUnreadBodies } from '#libs/platform/http/unread-bodies.js';
import { traceRequests } from '#libs/platform/tracing/trace-requests.js';
import { validation } from '#libs/platform/http/validation.js';
import { OdsLogger } from '#libs/platform/logging/ods-logger.js';
import { PUSHED_CONTENT_TYPE } from '#libs/registration/pushed-content.js';
import { AppModule } from './app.module.js';
import { serveDocs } from './serve-docs.js';
import { serveConsole, toConsoleUrl } from './serve-console.js';

/** Bodies that are read into memory (JSON); package content is streamed and counted elsewhere. */
const BODY_LIMIT_BYTES = 4 * 2 ** 20;

/** The console is all of one origin; Angular writes its components' styles into the page. TLS ends at a proxy, which sends HSTS. */
const securityHeaders = {
  contentSecurityPolicy: {
    useDefaults: false,
    directives: {
      defaultSrc: ["'self'"],
      styleSrc: ["'self'", "'unsafe-inline'"],
      imgSrc: ["'self'", 'data:'],
      objectSrc: ["'none'"],
      baseUri: ["'self'"],
      formAction: ["'self'"],
      frameAncestors: ["'none'"],
    },
  },
  strictTransportSecurity: false,
  crossOriginResourcePolicy: { policy: 'same-site' },
} as const;

export interface CreateAppOptions {
  /** Builds the module graph without running it: for the OpenAPI document. */
  readonly preview?: boolean;
}

/** The web application, configured and not yet listening. The caller ends it with `close()`. */
export async function createApp(
  config: Config,
  dataSource: DataSource,
  { preview = false }: CreateAppOptions = {},
): Promise<NestFastifyApplication> {
  const adapter = new FastifyAdapter({
    bodyLimit: BODY_LIMIT_BYTES,
    // The nearest proxy only: what stands further left in X-Forwarded-For is whatever the client wrote.
    trustProxy: config.get('TRUST_PROXY') && ((_address: string, hop: number) => hop === 0),
    rewriteUrl: toConsoleUrl,
    // A peer's idle connection must not hold up a stop.
    keepAliveTimeout: 5_000,
    requestTimeout: 0, // uploads may take hours; a stalled one is cut by its own idle limit
    routerOptions: { maxParamLength: 1_024 },
    genReqId: () => crypto.randomUUID(),
    frameworkErrors: answerProblem,
  });
  const app = await NestFactory.create<NestFastifyApplication>(AppModule.forRoot(config, dataSource), adapter, {
    logger: new OdsLogger(config, 'api'),
    rawBody: true,
    preview,
    abortOnError: false,
  });
  app.useGlobalPipes(validation());
  app.useGlobalFilters(new ProblemFilter());
  trackRequests(adapter.getInstance());
  traceRequests(adapter.getInstance());
  boundUnreadBodies(adapter.getInstance());
  allowOrigins(adapter.getInstance(), config);
  limitRate(adapter.getInstance(), config);
  // Uploads read the request themselves, as it arrives.
  adapter
    .getInstance()
    .addContentTypeParser(['multipart/form-data', 'application/offset+octet-stream'], (_request, _payload, done) => done(null));
  app.useBodyParser(PUSHED_CONTENT_TYPE, { bodyLimit: BODY_LIMIT_BYTES }, (_request, body, done) => done(null, body));
  await app.register(helmet, securityHeaders);
  await app.register(cookie);
  if (!preview) serveDocs(app);
  if (!preview) await serveConsole(app);
  return app;
}
