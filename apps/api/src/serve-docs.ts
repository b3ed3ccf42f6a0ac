import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { createReadStream } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import type { PublicPath } from '#libs/platform/http/public-path.js';
import { openApi } from './open-api.js';

const assets = path.dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'));
const shown = { 'swagger-ui.css': 'text/css', 'swagger-ui-bundle.js': 'text/javascript', 'favicon-32x32.png': 'image/png' };

const page = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Open Distribution Server: API</title>
<link rel="stylesheet" href="docs/swagger-ui.css">
<link rel="icon" href="docs/favicon-32x32.png">
</head>
<body>
<div id="swagger-ui"></div>
<script src="docs/swagger-ui-bundle.js"></script>
<script src="docs/start.js"></script>
</body>
</html>
`;

/** No request leaves this server: the validator badge would be one. */
const start = `SwaggerUIBundle({ url: 'openapi.json', dom_id: '#swagger-ui', deepLinking: true, validatorUrl: null, tryItOutEnabled: true });
`;

/** The description of the API at /api/openapi.json, and a page that shows it at /api/docs. They say nothing that is secret. */
export function serveDocs(app: NestFastifyApplication, paths: PublicPath): void {
  const fastify = app.getHttpAdapter().getInstance();
  let document: ReturnType<typeof openApi> | undefined; // made when first asked for: it takes a moment
  fastify.get('/api/openapi.json', ({ headers }, reply) => {
    document ??= openApi(app);
    const servers = [{ url: paths.of(headers) || '/' }];
    void reply.type('application/json; charset=utf-8').send(JSON.stringify({ ...document, servers }));
  });
  fastify.get('/api/docs', (_request, reply) => void reply.type('text/html; charset=utf-8').send(page));
  fastify.get('/api/docs/start.js', (_request, reply) => void reply.type('text/javascript; charset=utf-8').send(start));
  for (const [file, type] of Object.entries(shown)) {
    fastify.get(`/api/docs/${file}`, (_request, reply) => {
      void reply
        .type(type)
        .header('Cache-Control', 'public, max-age=86400')
        .send(createReadStream(path.join(assets, file)));
    });
  }
}
