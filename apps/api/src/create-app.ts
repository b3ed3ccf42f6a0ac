import cookie from '@fastify/cookie';
import helmet from '@fastify/helmet';
import type { IncomingMessage } from 'node:http';
import { Server as TlsServer } from 'node:tls';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Config } from '#libs/platform/config/config.js';
import type { DataSource } from '#libs/platform/database/data-source.js';
import { answerProblem, ProblemFilter } from '#libs/platform/errors/problem.filter.js';
import { trackRequests } from '#libs/platform/http/track-requests.js';
import { allowOrigins } from '#libs/platform/http/allow-origins.js';
import { limitRate } from '#libs/platform/http/limit-rate.js';
import { boundUnreadBodies } from '#libs/platform/http/unread-bodies.js';
import { endKeptConnections } from '#libs/platform/http/end-kept-connections.js';
import { parseContexts, toDownloadUrl } from '#libs/platform/http/download-path.js';
import { PublicPath } from '#libs/platform/http/public-path.js';
import { Shutdown } from '#libs/platform/http/shutdown.js';
import { takeBodies } from '#libs/platform/http/bodies/take-bodies.js';
import { traceRequests } from '#libs/platform/tracing/trace-requests.js';
import { CertificateWatch } from '#libs/platform/tls/certificate-watch.js';
import { type TlsMaterial, tlsOptions } from '#libs/platform/tls/tls-files.js';
import { validation } from '#libs/platform/http/validation.js';
import { OdsLogger } from '#libs/platform/logging/ods-logger.js';
import { identify } from '#libs/about/identify.js';
import { AnswerSigner, signAnswers } from '#libs/peers/auth/answer-signer.js';
import { PUSHED_CONTENT_TYPE } from '#libs/peers/client/pushed-content.js';
import { AppModule } from './app.module.js';
import { serveDocs } from './serve-docs.js';
import { serveConsole, toConsoleUrl } from './serve-console.js';

/** Browsers ask for nothing but HTTPS from then on (RFC 6797). Where TLS ends at a proxy, that sends it. */
const HSTS = { maxAge: 15_552_000, includeSubDomains: false };

/** The console is all of one origin; Angular writes its components' styles into the page. */
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
  crossOriginResourcePolicy: { policy: 'same-site' },
} as const;

export interface CreateAppOptions {
  /** Builds the module graph without running it: for the OpenAPI document. */
  readonly preview?: boolean;
  /** Null: over plain HTTP. */
  readonly tls?: TlsMaterial | null;
}

/** The web application, configured and not yet listening. The caller ends it with `close()`. */
export async function createApp(
  config: Config,
  dataSource: DataSource,
  { preview = false, tls = null }: CreateAppOptions = {},
): Promise<NestFastifyApplication> {
  const iss = preview ? 'preview' : await identify(config, dataSource);
  const late: { paths?: PublicPath } = {}; // of the module graph, which is made below
  const contexts = parseContexts(config.get('DOWNLOAD_CONTEXTS') ?? '');
  const adapter = new FastifyAdapter({
    // The nearest proxy only: what stands further left in X-Forwarded-For is whatever the client wrote.
    trustProxy: config.get('TRUST_PROXY') && ((_address: string, hop: number) => hop === 0),
    rewriteUrl: ({ method, url = '/', headers }: IncomingMessage) =>
      toConsoleUrl({ method, url: toDownloadUrl(late.paths?.strip(url, headers) ?? url, contexts), headers }),
    ...(tls === null ? {} : { https: tlsOptions(tls) }),
    keepAliveTimeout: config.get('KEEP_ALIVE_SECONDS') * 1_000,
    return503OnClosing: false, // what still comes over a kept connection can be answered
    requestTimeout: 0, // uploads may take hours; a stalled one is cut by its own idle limit
    routerOptions: { maxParamLength: 1_024 },
    genReqId: () => crypto.randomUUID(),
    frameworkErrors: answerProblem,
  });
  const app = await NestFactory.create<NestFastifyApplication>(AppModule.forRoot(config, dataSource, iss), adapter, {
    logger: new OdsLogger(config, 'api'),
    bodyParser: false, // takeBodies reads them
    preview,
    abortOnError: false,
  });
  const { server } = adapter.getInstance();
  server.maxConnections = config.get('MAX_CONNECTIONS');
  if (tls !== null && server instanceof TlsServer) app.get(CertificateWatch).begin(server, tls);
  app.useGlobalPipes(validation());
  app.useGlobalFilters(new ProblemFilter());
  trackRequests(adapter.getInstance());
  traceRequests(adapter.getInstance());
  boundUnreadBodies(adapter.getInstance());
  if (!preview) endKeptConnections(adapter.getInstance(), app.get(Shutdown));
  allowOrigins(adapter.getInstance(), config);
  limitRate(adapter.getInstance(), config);
  takeBodies(adapter.getInstance(), app, {
    stream: ['multipart/form-data', 'application/offset+octet-stream'],
    bytes: [PUSHED_CONTENT_TYPE],
  });
  if (!preview) signAnswers(adapter.getInstance(), app.get(AnswerSigner));
  await app.register(helmet, { ...securityHeaders, strictTransportSecurity: tls === null ? false : HSTS });
  await app.register(cookie);
  if (!preview) {
    const paths = app.get(PublicPath);
    late.paths = paths;
    serveDocs(app, paths);
    await serveConsole(app, paths);
  }
  return app;
}
