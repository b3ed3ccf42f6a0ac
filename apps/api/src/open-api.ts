import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import { problemResponse } from '#libs/platform/errors/api-problems.js';
import { addExamples } from './open-api-examples.js';
import { addLeastRoles } from './open-api-roles.js';

/** Each tag of the document with its description, in the order in which they are shown. */
const tags: readonly (readonly [string, string])[] = [
  ['auth', "Signing in and out, and changing one's own password."],
  ['users', 'Accounts of the people who may sign in.'],
  ['tokens', 'API tokens with which programs call this API.'],
  ['about', "This server's name, stage, URL and identity."],
  ['system', "This server's version, load, disk and memory."],
  ['packages', 'The packages of the mesh: list, change, promote, delete, restore, verify.'],
  ['downloads', 'Who may download packages from this server.'],
  ['deleted_packages', 'Deleted packages, as long as they can be restored.'],
  ['upload', 'Uploading packages, as a form or resumably (tus 1.0).'],
  ['registration', 'The servers that exchange packages with this one.'],
  ['invitations', 'Keys with which one server may register here, once and for a limited time.'],
  ['blocked_servers', 'Servers that were unregistered here and cannot register again until they are unblocked.'],
  ['network', 'All servers of the mesh, directly registered or not, and which packages each of them has.'],
  ['transfers', 'Packages on their way to this server: progress, reason for waiting, retry, cancel.'],
  ['replication', 'Limits on bandwidth and parallel transfers, the daily window, and pause.'],
  ['held_changes', 'Changes of peers that would remove or replace many packages at once, held until an administrator decides.'],
  ['held_deletes', 'The former name of held_changes; kept for existing clients.'],
  ['authors', 'The servers whose packages arrive here: their keys, and what is accepted of each.'],
  ['refused_writes', 'What registered servers sent and this server did not accept.'],
  ['events', 'What happens on this server, as a stream of server-sent events.'],
  ['webhooks', 'Sending events to other systems (Standard Webhooks 1.0), with the deliveries and their responses.'],
  ['notifications', 'Sending events to people by e-mail.'],
  ['jamf', 'The connection to Jamf Pro.'],
  ['munki', 'The Munki repository that every server has: its files, and the catalogs that this server makes of them.'],
  ['retention', 'How many versions of a title are kept.'],
  ['oidc', 'Settings of the sign-in with the company (OpenID Connect).'],
  ['audit', 'The audit trail: who did what, when and from where.'],
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
      ...(takesJson ? [400, 408, 413, 415, 503] : []),
    ];
    for (const status of statuses) operation.responses[status] ??= problemResponse(status);
  }
}

/** The tags in use, described. Throws when an operation has a tag without a description. */
function tagsOf(document: OpenAPIObject): { name: string; description: string }[] {
  const used = new Set(operationsOf(document).flatMap(([, operation]) => operation.tags ?? []));
  const known = tags.filter(([name]) => used.delete(name)).map(([name, text]) => ({ name, description: text }));
  if (used.size > 0) throw new Error(`Describe the tags ${[...used].join(', ')} in apps/api/src/open-api.ts.`);
  return known;
}
