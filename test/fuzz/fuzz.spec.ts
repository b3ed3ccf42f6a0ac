import { ApiTokensService } from '#libs/accounts/api-tokens.service.js';
import { UserRepository } from '#libs/accounts/user.repository.js';
import { MailSettingsRepository } from '#libs/email/mail-settings.repository.js';
import { type AppInProcess, startApp } from '../support/app-in-process.js';
import { type DatabaseKind, forEachDatabase } from '../support/databases.js';
import { ApiDocument, type Operation } from './api-document.js';
import { type MadeRequest, RequestMaker } from './request-maker.js';

const document = new ApiDocument();
/** `npm run soak` asks more often. */
const TIMES = Number(process.env['ODS_FUZZ_TIMES'] ?? 1);
/** Of each operation. SQLite takes them fastest; the others are there for what they refuse to store. */
const requestsOf: Readonly<Record<DatabaseKind, number>> = {
  sqlite: 35 * TIMES,
  mariadb: 8 * TIMES,
  postgres: 8 * TIMES,
  mssql: 8 * TIMES,
};
const LEAST = 3_000;

/** mulberry32: the same numbers for the same operation, in every run. */
function randomOf(seedText: string): () => number {
  let state = [...seedText].reduce((hash, character) => Math.imul(hash ^ character.codePointAt(0)!, 16_777_619), 2_166_136_261);
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

forEachDatabase((database) => {
  let server: AppInProcess;
  let token: string;
  let sent = 0;
  beforeAll(async () => {
    const limits = { API_RATE_PER_MINUTE: '0', MAX_UPLOAD_BYTES: '1M', PEER_TIMEOUT_MS: '150' };
    server = await startApp({ env: { ADMIN_PASSWORD: 'vermilion otter teapot', DATABASE_URL: database.url, ...limits } });
    token = await newToken();
  });
  afterAll(() => server.stop());

  /** Not through the API: what is generated may have removed every token. */
  async function newToken(): Promise<string> {
    const input = { name: `fuzz ${crypto.randomUUID()}`, role: 'admin', expiresMs: null, stages: null } as const;
    const account = (await server.app.get(UserRepository).findAll()).find(({ role, disabled }) => role === 'admin' && !disabled)!;
    const caller = {
      kind: 'user',
      id: account.id,
      accountId: account.id,
      username: 'fuzz',
      role: 'admin',
      sessionId: null,
      mustChangePassword: false,
      external: false,
      stages: null,
    } as const;
    return (await server.app.get(ApiTokensService).create(input, caller)).secret;
  }

  async function send(
    { method, isOpen }: Operation,
    { url, headers, body }: MadeRequest,
  ): Promise<{ response: Response; text: string | null }> {
    const ending = new AbortController();
    const response = await fetch(server.url + url, {
      method,
      redirect: 'manual', // it is the answer of the operation that is judged
      headers: { ...headers, ...(isOpen ? {} : { authorization: `Bearer ${token}` }) },
      signal: ending.signal,
      ...(body === undefined ? {} : { body }),
    });
    const isEndless = response.headers.get('content-type')?.startsWith('text/event-stream') ?? false;
    const text = isEndless ? null : await response.text();
    if (isEndless) ending.abort();
    return { response, text };
  }

  /** What is wrong with the answer; nothing, when it is one of those that are documented. */
  function faultsOf({ method, responses }: Operation, { isOnlyStrange }: MadeRequest, response: Response, text: string | null): string[] {
    const { status } = response;
    const documented = responses[String(status)];
    if (!documented) return [`${status} is not documented: ${text?.slice(0, 300)}`];
    if (status === 500) return [`500: ${text}`];
    if (isOnlyStrange && status < 300) return [`an unknown field was taken: ${status}`];
    if (method === 'HEAD' || text === null || !documented.content) return text ? [`${status} has a body: ${text.slice(0, 100)}`] : [];
    const type = response.headers.get('content-type')?.split(';')[0] ?? '';
    const media = documented.content[type];
    if (!media) return [`${status} has the type ${type}`];
    if (!/json$/.test(type) || type === 'application/jsonl') return [];
    return media.schema ? document.faults(JSON.parse(text), media.schema) : [];
  }

  it.each(document.operations.map((operation) => [operation.id, operation] as const))('%s', async (id, operation) => {
    // What was made up for the settings is no host to look up or to send anything to.
    if (id === 'testEmail') await server.app.get(MailSettingsRepository).update({ host: '127.0.0.1', port: 1 });
    const maker = new RequestMaker(randomOf(`${id} ${database.kind}`));
    const found: string[] = [];
    for (let count = 0; count < requestsOf[database.kind]; count += 1) {
      const made = maker.make(operation);
      const { response, text } = await send(operation, made);
      sent += 1;
      if (response.status === 401 && !operation.isOpen) token = await newToken(); // it was revoked by one of these requests
      const faults = faultsOf(operation, made, response, text);
      const shown = typeof made.body === 'string' ? made.body.slice(0, 300) : made.body ? '(form)' : '';
      if (faults.length > 0)
        found.push(`${operation.method} ${made.url.slice(0, 300)} ${JSON.stringify(made.headers)} ${shown} → ${faults.join('; ')}`);
    }
    expect(found).toEqual([]);
  });

  it('was asked often enough, and is still there', async () => {
    expect(sent).toBe(document.operations.length * requestsOf[database.kind]);
    if (database.kind === 'sqlite') expect(sent).toBeGreaterThanOrEqual(LEAST);
    expect((await fetch(`${server.url}/readyz`)).status).toBe(200);
  });
});
