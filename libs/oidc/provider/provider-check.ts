import { genericGrantRequest, randomPKCECodeVerifier, ResponseBodyError, type ServerMetadata } from 'openid-client';
import { faultOf, OidcFault } from './oidc-fault.js';
import type { OidcFetch } from './oidc-fetch.js';
import type { OidcConnection, OpenidProvider } from './openid-provider.js';

export interface ProviderChecked {
  readonly ok: boolean;
  /** A sentence for administrators. */
  readonly detail: string;
}

const algorithms = ['RS256', 'ES256'];
const refusals = ['invalid_client', 'unauthorized_client'];

/** What discovery lacks for a sign-in, in a sentence; null when nothing does. */
export function lackOf(metadata: ServerMetadata): string | null {
  const { authorization_endpoint: page, token_endpoint: tokens, jwks_uri: keys } = metadata;
  if (page === undefined) return 'The provider names no page to sign in at (authorization_endpoint).';
  if (tokens === undefined) return 'The provider names no address for tokens (token_endpoint).';
  if (keys === undefined) return 'The provider names no keys to check its signatures with (jwks_uri).';
  if (!(metadata.response_types_supported ?? ['code']).includes('code')) return 'The provider does not offer the authorization code flow.';
  if (!(metadata.code_challenge_methods_supported ?? ['S256']).includes('S256')) return 'The provider does not offer PKCE with S256.';
  const signed = metadata.id_token_signing_alg_values_supported ?? ['RS256'];
  if (!signed.some((name) => algorithms.includes(name))) return `The provider signs with ${signed.join(', ')}; RS256 or ES256 is needed.`;
  return null;
}

/** Tries what a sign-in needs, as far as that goes without a person. Never throws for what the provider says. */
export async function checkProvider(provider: OpenidProvider, http: OidcFetch, connection: OidcConnection): Promise<ProviderChecked> {
  try {
    const metadata = await provider.discover(connection.issuer);
    const lack = lackOf(metadata);
    if (lack !== null) return { ok: false, detail: lack };
    await readKeys(http, metadata.jwks_uri!);
    await tryClient(provider, connection);
    return { ok: true, detail: 'The provider answers, offers what is needed, and accepts the client ID and the secret.' };
  } catch (error) {
    if (!(error instanceof OidcFault)) throw error;
    return { ok: false, detail: error.message };
  }
}

async function readKeys(http: OidcFetch, address: string): Promise<void> {
  const response = await http.fetch(address, {
    method: 'GET',
    headers: { accept: 'application/json' },
    body: undefined,
    redirect: 'manual',
  });
  const text = await response.text();
  let count = 0;
  try {
    count = (JSON.parse(text) as { keys: unknown[] }).keys.length;
  } catch {
    // what is no key set has no keys
  }
  if (!response.ok || count === 0) throw new OidcFault('unverified', `There are no keys at ${address} (status ${response.status}).`);
}

/** With a code that was never given: the provider looks at who asks first, and refuses the code after that. */
async function tryClient(provider: OpenidProvider, connection: OidcConnection): Promise<void> {
  const config = await provider.configurationOf(connection);
  const parameters = { code: 'connection-test', redirect_uri: connection.callbackUrl, code_verifier: randomPKCECodeVerifier() };
  try {
    await genericGrantRequest(config, 'authorization_code', parameters);
  } catch (error) {
    if (error instanceof ResponseBodyError && !refusals.includes(error.error) && error.status < 500) return;
    const fault = faultOf(error);
    if (fault.code === null || !refusals.includes(fault.code)) throw fault;
    throw new OidcFault('refused', `The provider does not accept the client ID or the secret: it answered "${fault.code}".`);
  }
}
