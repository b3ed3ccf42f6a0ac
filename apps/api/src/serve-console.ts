import fastifyStatic from '@fastify/static';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const consoleRoot = fileURLToPath(new URL('../../../console/browser/', import.meta.url));
const serverPaths = /^\/(?:api|share|Packages|healthz|readyz|metrics)(?:\/|\?|$)/;

const builtFile = /^\/(?:media\/.+|[^/]+\.[a-z0-9]{1,12})$/i;

/** The console is one page with its own routes (`/packages/NoMAD.pkg` is one): any path that is neither of the server nor a built file. */
export function toConsoleUrl({ method, url = '/' }: { method?: string; url?: string }): string {
  const [path = '/'] = url.split('?');
  const isPage = (method === 'GET' || method === 'HEAD') && !serverPaths.test(url) && !builtFile.test(path);
  return isPage ? '/index.html' : url;
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
