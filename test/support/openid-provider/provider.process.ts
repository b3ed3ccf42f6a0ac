import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { Provider, type Configuration } from 'oidc-provider';
import { forge, jwksOf, type Keys, newKeys, without } from './keys.js';
import { Memory } from './memory.js';
import { CLIENT, firstKnobs, type Knobs } from './knobs.js';

// A real OpenID provider, whose people, clock and answers a test sets at /control.

const port = Number(process.argv[2]);
const issuer = `http://localhost:${port}`;
const trueNow = Date.now.bind(Date);
let knobs: Knobs = firstKnobs;
let keys: Keys = newKeys();
let handle = build();
const seen: string[] = [];

Date.now = () => trueNow() + knobs.clockOffsetSeconds * 1_000;

function build(): (request: IncomingMessage, response: ServerResponse) => Promise<void> {
  const provider = new Provider(issuer, configuration());
  provider.use(async (context, next) => {
    await next();
    const body = context.body as Record<string, unknown> | undefined;
    if (context.path === '/.well-known/openid-configuration') context.body = without(null, { ...body, ...knobs.metadata });
    if (context.path === '/token' && knobs.forgery && typeof body?.['id_token'] === 'string') {
      body['id_token'] = forge(body['id_token'], knobs.forgery, knobs.algorithm, keys);
    }
    const { location } = context.response.headers;
    if (typeof location === 'string' && knobs.redirectUris.some((uri) => location.startsWith(uri))) {
      const url = new URL(location);
      for (const [name, value] of Object.entries(knobs.answer)) url.searchParams.set(name, value);
      context.set('location', url.href);
    }
  });
  const answer = provider.callback();
  return async (request, response) => {
    const uid = /^\/interaction\/([\w-]+)$/.exec(request.url ?? '')?.[1];
    if (uid === undefined) return void (await answer(request, response));
    if (request.method === 'GET') return page(response, `/interaction/${uid}`);
    const fields = new URLSearchParams(await text(request));
    const result = fields.has('cancel')
      ? { error: 'access_denied', error_description: 'Turned back' }
      : { login: { accountId: fields.get('account') ?? '' } };
    await provider.interactionFinished(request, response, result);
  };
}

function page(response: ServerResponse, action: string): void {
  response.setHeader('content-type', 'text/html; charset=utf-8').end(`<!doctype html>
<html lang="en"><title>Example Ltd</title><main><h1>Example Ltd</h1>
<form method="post" action="${action}">
<label>Account <input name="account"></label> <button>Continue</button> <button name="cancel" value="yes">Cancel</button>
</form></main></html>`);
}

// Pages of our own: those of the library load a font from another site.
function logoutSource(context: { body: unknown }, form: string): void {
  context.body = `<!doctype html><html lang="en"><title>Sign out</title><main><h1>Sign out?</h1>${form}
<button form="op.logoutForm" name="logout" value="yes">Yes, sign out</button></main></html>`;
}

function postLogoutSuccessSource(context: { body: unknown }): void {
  context.body = '<!doctype html><html lang="en"><title>Signed out</title><main><h1>Signed out</h1></main></html>';
}

function configuration(): Configuration {
  return {
    adapter: Memory,
    clients: [
      {
        ...{ client_id: CLIENT.id, client_secret: CLIENT.secret, redirect_uris: [...knobs.redirectUris] },
        ...{ response_types: ['code'], grant_types: ['authorization_code'], id_token_signed_response_alg: knobs.algorithm },
      },
    ],
    jwks: jwksOf(keys) as NonNullable<Configuration['jwks']>,
    claims: { openid: ['sub'], profile: ['preferred_username'], email: ['email'], groups: ['groups'] },
    conformIdTokenClaims: !knobs.claimsInIdToken,
    cookies: { keys: ['of a test'] },
    features: { devInteractions: { enabled: false }, rpInitiatedLogout: { enabled: true, logoutSource, postLogoutSuccessSource } },
    interactions: { url: (_context, { uid }) => `/interaction/${uid}` },
    ttl: { AccessToken: 600, AuthorizationCode: 60, IdToken: 3_600, Interaction: 600, Session: 3_600, Grant: 3_600 },
    findAccount: (_context, sub) => {
      const claims = knobs.people[sub];
      return claims && { accountId: sub, claims: () => ({ sub, ...claims }) };
    },
    loadExistingGrant: async ({ oidc }) => {
      const grant = new oidc.provider.Grant({ clientId: oidc.client!.clientId, accountId: oidc.session!.accountId! });
      grant.addOIDCScope('openid profile email groups');
      await grant.save();
      return grant;
    },
  };
}

async function control(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { rotate, ...change } = JSON.parse((await text(request)) || '{}') as Partial<Knobs> & { rotate?: true };
  if (request.method === 'GET') return void response.end(JSON.stringify(seen));
  knobs = { ...knobs, ...change };
  if (rotate) keys = newKeys();
  handle = build();
  response.end('{}');
}

createServer((request, response) => {
  if (request.url === '/control') return void control(request, response);
  seen.push(`${request.method} ${new URL(request.url ?? '/', issuer).pathname}`);
  if (knobs.isDown) return void response.writeHead(503).end('down');
  handle(request, response).catch((error: unknown) => {
    console.error(error);
    response.writeHead(500).end();
  });
}).listen(port, 'localhost', () => console.log('provider ready'));
