import fastifyStatic from '@fastify/static';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { PublicPath } from '#libs/platform/http/public-path.js';

const consoleRoot = fileURLToPath(new URL('../../../console/browser/', import.meta.url));
const serverPaths = /^\/(?:api|share|Packages|munki(?:_api)?|healthz|readyz|metrics)(?:\/|\?|$)/;

const builtFile = /^\/(?:media\/.+|[^/]+\.[a-z0-9]{1,12})$/i;

interface PageRequest {
  readonly method?: string | undefined;
  readonly url?: string | undefined;
  readonly headers?: { readonly accept?: string | undefined };
}

/**
 * The console is one page with its own routes (`/packages/NoMAD.pkg` is one): any path that is neither of the server nor a
 * built file, when a browser asks. A program that mistyped a path is to hear 404, not a page that says 200.
 */
export function toConsoleUrl({ method, url = '/', headers }: PageRequest): string {
  const [target = '/'] = url.split('?');
  const isRead = method === 'GET' || method === 'HEAD';
  const isForBrowser = target === '/' || headers?.accept?.includes('text/html') === true;
  return isRead && isForBrowser && !serverPaths.test(url) && !builtFile.test(target) ? '/index.html' : url;
}

/** Hashed assets are cached for ever, the page itself never: it says under which path everything else is. */
export async function serveConsole(app: NestFastifyApplication, paths: PublicPath): Promise<void> {
  if (!existsSync(path.join(consoleRoot, 'index.html'))) return;
  const page = readFileSync(path.join(consoleRoot, 'index.html'), 'utf8');
  app
    .getHttpAdapter()
    .getInstance()
    .get('/index.html', ({ headers }, reply) => {
      const based = page.replace('<base href="/"', () => `<base href="${paths.of(headers)}/"`);
      void reply.type('text/html; charset=utf-8').header('Cache-Control', 'no-cache').send(based);
    });
  await app.register(fastifyStatic, {
    root: consoleRoot,
    wildcard: false,
    globIgnore: ['index.html', '**/*.br', '**/*.gz'],
    preCompressed: true,
    setHeaders: (reply, file) => {
      const isHashed = /-[A-Z0-9]{8}\.\w+(?:\.(?:br|gz))?$/.test(file);
      void reply.header('Cache-Control', isHashed ? 'public, max-age=31536000, immutable' : 'no-cache');
    },
  });
}
