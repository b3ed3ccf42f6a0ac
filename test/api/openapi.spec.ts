import { createConfig, lintFromString } from '@redocly/openapi-core';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { TestServer } from '../support/test-server.js';

const file = path.resolve(import.meta.dirname, '../../docs/openapi.json');

interface Media {
  readonly example?: unknown;
}
interface Operation {
  readonly operationId: string;
  readonly summary?: string;
  readonly requestBody?: { readonly content: Record<string, Media> };
  readonly responses: Record<string, { readonly content?: Record<string, Media> }>;
}
interface Document {
  readonly openapi: string;
  readonly paths: Record<string, Record<string, Operation>>;
}

const documentOf = (text: string): Document => JSON.parse(text) as Document;
const committed = (): string => readFileSync(file, 'utf8');

/** Whatever an OpenID provider sends the browser back with, a page of the console comes next. */
const REDIRECTS_ONLY = '#/paths/~1api~1admin~1auth~1oidc~1callback/get/responses';

async function faultsOf(source: string): Promise<string[]> {
  const config = await createConfig({
    extends: ['recommended-strict'],
    rules: {
      'no-invalid-media-type-examples': 'error',
      'no-invalid-parameter-examples': 'error',
      'no-invalid-schema-examples': 'error',
      'operation-4xx-problem-details-rfc7807': 'error',
      'operation-operationId-url-safe': 'error',
      'tag-description': 'error',
      'no-unused-components': 'error',
    },
  });
  const problems = await lintFromString({ source, absoluteRef: file, config });
  return problems
    .filter(({ ruleId, location }) => ruleId !== 'operation-2xx-response' || location[0]?.pointer !== REDIRECTS_ONLY)
    .map(({ ruleId, message, location }) => `${ruleId}: ${message} (${location[0]?.pointer ?? ''})`);
}

describe('the description of the API', () => {
  it('has nothing that a linter objects to', async () => {
    expect(await faultsOf(committed())).toEqual([]);
  });

  it('would be objected to with a wrong example', async () => {
    const document = JSON.parse(committed()) as {
      components: { schemas: Record<string, { properties: Record<string, { example: unknown }> }> };
    };
    document.components.schemas['UserDto']!.properties['id']!.example = 'two';
    expect(await faultsOf(JSON.stringify(document))).toContainEqual(expect.stringContaining('no-invalid-schema-examples'));
  });

  it('says for every operation what it is for, how it fails, and gives examples of all that is JSON', () => {
    const { openapi, paths } = documentOf(committed());
    expect(openapi).toMatch(/^3\.1\./);
    const lacking: string[] = [];
    for (const { operationId, summary, requestBody, responses } of Object.values(paths).flatMap((methods) => Object.values(methods))) {
      if (!summary) lacking.push(`${operationId}: summary`);
      if (!Object.keys(responses).some((status) => status.startsWith('4'))) lacking.push(`${operationId}: errors`);
      const bodies: [string, Record<string, Media> | undefined][] = [
        ['request', requestBody?.content],
        ...Object.entries(responses).map(([status, { content }]) => [status, content] as [string, typeof content]),
      ];
      for (const [name, content] of bodies) {
        for (const [type, { example }] of Object.entries(content ?? {})) {
          if (/json$/.test(type) && example === undefined) lacking.push(`${operationId}: example of ${name}`);
        }
      }
    }
    expect(lacking).toEqual([]);
  });

  describe('as a server shows it', () => {
    let server: TestServer;
    beforeAll(async () => {
      server = await TestServer.start('described');
    });
    afterAll(() => server.dispose());

    it('is the one that is committed', async () => {
      const response = await fetch(`${server.url}/api/openapi.json`);
      expect([response.status, response.headers.get('content-type')]).toEqual([200, 'application/json; charset=utf-8']);
      expect(await response.json()).toEqual(JSON.parse(committed()));
    });

    it('is a page that asks no other server and needs no script in its text', async () => {
      const response = await fetch(`${server.url}/api/docs`);
      const page = await response.text();
      expect(response.headers.get('content-security-policy')).toContain("default-src 'self'");
      expect(page).not.toMatch(/https?:\/\/|<script>/);
      const references = [...page.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, reference]) => reference!);
      expect(references).toHaveLength(4);
      for (const reference of references) {
        const asset = await fetch(new URL(reference, response.url));
        const { length } = await asset.text();
        expect([reference, asset.status, length > 100]).toEqual([reference, 200, true]);
      }
    });
  });
});
