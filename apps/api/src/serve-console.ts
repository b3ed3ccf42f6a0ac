import fastifyStatic from '@fastify/static';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const consoleRoot = fileURLToPath(new URL('../../../console/browser/', import.meta.url));
const serverPaths = /^\/(?:api|share|Packages|healthz|readyz|metrics)(?:\/|\?|$)/;

const builtFile = /^\/(?:media\/.+|[^/]+\.[a-z0-9]{1,12})$/i;

interface PageRequest {
  readonly method?: string;
  readonly url?: string;
  readonly headers?: { readonly accept?: string | undefined };
}

/**
 * The console is one page with its own routes (`/packages/NoMAD.pkg` is one): any path that is neither of the server nor a
 * built file, when a browser asks. A program that mistyped a path is to hear 404, not a page that says 200.
 */
export function toConsoleUrl({ method, url = '/', headers }: PageRequest): string {
  const [path = '/'] = url.split('?');
  const isRead = method === 'GET' || method === 'HEAD';
  const isForBrowser = path === '/' || headers?.accept?.includes('text/html') === true;
  return isRead && isForBrowser && !serverPaths.test(url) && !builtFile.test(path) ? '/index.html' : url;
}

/** Hashed assets are cached for ever, the page itself never. */
export async function serveConsole(app: NestFastifyApplication): Promise<void> {
  if (!existsSync(consoleRoot)) return;
  await app.register(fastifyStatic, {
    root: consoleRoot,
    wildcard: false,
    setHeaders: (reply, file) => {
      const isHashed = /-[A-Z0-9]{8}\.\w+$/.test(file);
      void reply.header('Cache-Control', isHashed ? 'public, max-age=31536000, immutable' : 'no-cache');
    },
  });
}
