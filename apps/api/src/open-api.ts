import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import { problemResponse } from '#libs/platform/errors/api-problems.js';
import { addExamples } from './open-api-examples.js';
import { addLeastRoles } from './open-api-roles.js';

/** What the tags of the document stand for, in the order in which they are shown. */
const tags: readonly (readonly [string, string])[] = [
  ['auth', "Signing in and out, and one's own password."],
  ['users', 'The people who may sign in.'],
  ['tokens', 'What programs call this API with.'],
  ['about', 'What this server is called, and what it is for.'],
  ['system', 'How this server is doing.'],
  ['packages', 'What is distributed.'],
  ['upload', 'Bringing packages in.'],
  ['registration', 'The servers that exchange packages with this one.'],
];

const description = `The admin API: everything the console can do.

Sign in with \`POST /api/admin/auth/login\`, or make an API token, and send it as \`Authorization: Bearer …\`.
Errors are problem documents (RFC 9457). POSTs may carry an \`Idempotency-Key\`: sent again within a day they are answered as the first time, and nothing is done twice.`;

/** The OpenAPI document of the admin API, generated from the code. The peer API is between servers and not in it. */
export function openApi(app: NestFastifyApplication): OpenAPIObject {
  const info = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle('Open Distribution Server')
    .setDescription(description)
    .setVersion('1')
    .setLicense('MIT', 'https://opensource.org/license/mit')
    .addServer('/')
    .addBearerAuth({ type: 'http', scheme: 'bearer', bearerFormat: 'JWT' })
    .addSecurityRequirements('bearer')
    .build();
  const document = SwaggerModule.createDocument(app, info, { operationIdFactory: (_controller, method) => method });
  addWhatAllHave(document);
  addLeastRoles(app, document);
  addExamples(document);
  document.tags = tagsOf(document);
  return document;
}

interface Operation {
  readonly operationId?: string;
  readonly tags?: string[];
  readonly security?: unknown[];
  parameters?: object[];
  readonly requestBody?: { readonly content: Record<string, unknown> };
  readonly responses: Record<string, unknown>;
}

const operationsOf = (document: OpenAPIObject): [method: string, operation: Operation][] =>
  Object.values(document.paths).flatMap((path) => Object.entries(path as Record<string, Operation>));

const idempotencyKey = {
  name: 'Idempotency-Key',
  in: 'header',
  required: false,
  schema: { type: 'string', minLength: 1, maxLength: 255 },
  example: '8e03978e-40d5-43dd-bc93-6894a57f9324',
  description: 'Makes it safe to send the request again: it is done once, and answered the same for a day.',
};

/** What guards and interceptors do for every operation stands in the document once, here. */
function addWhatAllHave(document: OpenAPIObject): void {
  for (const [method, operation] of operationsOf(document)) {
    const isStream = Object.keys(operation.requestBody?.content ?? {}).some((type) => type !== 'application/json') || method === 'head';
    const isRepeatable =
      method === 'post' && operation.security?.length !== 0 && !isStream && operation.operationId !== 'beginResumableUpload';
    if (isRepeatable) operation.parameters = [...(operation.parameters ?? []), idempotencyKey];
    const takesJson = Object.keys(operation.requestBody?.content ?? {}).includes('application/json');
    const hasPathParameter = operation.parameters?.some((parameter) => (parameter as { in?: string }).in === 'path') ?? false;
    const statuses = [
      429,
      ...(hasPathParameter ? [414] : []),
      ...(isRepeatable ? [400, 409, 422] : []),
      ...(takesJson ? [400, 413, 415] : []),
    ];
    for (const status of statuses) operation.responses[status] ??= problemResponse(status);
  }
}

/** Those that are described first; others that an operation has come after. */
function tagsOf(document: OpenAPIObject): { name: string; description: string }[] {
  const used = new Set(operationsOf(document).flatMap(([, operation]) => operation.tags ?? []));
  const known = tags.filter(([name]) => used.delete(name)).map(([name, text]) => ({ name, description: text }));
  return [...known, ...[...used].sort().map((name) => ({ name, description: `Operations on ${name.replaceAll('_', ' ')}.` }))];
}
