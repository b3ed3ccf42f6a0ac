import { Injectable } from '@nestjs/common';
import * as oidc from 'openid-client';
import { Clock } from '#libs/platform/clock.js';
import { isLoopbackUrl } from '#libs/platform/http/outbound-rules.js';
import { faultOf, faultOfDiscovery, OidcFault } from './oidc-fault.js';
import { OidcFetch } from './oidc-fetch.js';

/** This server as the provider knows it. */
export interface OidcConnection {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly scopes: string;
  /** Where the provider sends browsers back to. */
  readonly callbackUrl: string;
}

/** What one sign-in must come back with. */
export interface Challenge {
  readonly state: string;
  readonly nonce: string;
  /** Of PKCE (RFC 7636): its hash goes to the provider, and it itself with the code. */
  readonly verifier: string;
}

export type Claims = Readonly<Record<string, unknown>> & { readonly iss: string; readonly sub: string };

/** Clocks of servers may differ by this, as between servers of the mesh. */
const CLOCK_TOLERANCE_SECONDS = 60;
/** What a provider says of itself is read again after this: beginning a sign-in must not make this server call it each time. */
const METADATA_MS = 60_000;

export const newChallenge = (): Challenge => ({
  state: oidc.randomState(),
  nonce: oidc.randomNonce(),
  verifier: oidc.randomPKCECodeVerifier(),
});

/** Talks to an OpenID provider: discovery, the way to its sign-in page, and what a code is worth. Every method throws OidcFault. */
@Injectable()
export class OpenidProvider {
  private last: { readonly issuer: string; readonly metadata: oidc.ServerMetadata; readonly atMs: number } | null = null;

  constructor(
    private readonly http: OidcFetch,
    private readonly clock: Clock,
  ) {}

  /** What the provider says of itself, asked now. */
  async discover(issuer: string): Promise<oidc.ServerMetadata> {
    const execute = isLoopbackUrl(issuer) ? [oidc.allowInsecureRequests] : [];
    const options = { execute, [oidc.customFetch]: this.http.fetch };
    const found = await oidc.discovery(new URL(issuer), 'discovery', undefined, oidc.None(), options).catch((error: unknown) => {
      throw faultOfDiscovery(error, issuer);
    });
    const metadata = found.serverMetadata();
    // Exactly this one: the library would take an issuer that stands for many companies, too.
    if (new URL(metadata.issuer).href !== new URL(issuer).href) {
      throw new OidcFault('unverified', `The provider at ${issuer} calls itself ${metadata.issuer}. The issuer must be exactly that.`);
    }
    this.last = { issuer, metadata, atMs: this.clock.now() };
    return metadata;
  }

  /** Where the browser signs in. */
  async authorizationUrl(connection: OidcConnection, { state, nonce, verifier }: Challenge): Promise<string> {
    const config = await this.configurationOf(connection);
    const parameters = {
      ...{ redirect_uri: connection.callbackUrl, scope: connection.scopes, state, nonce },
      ...{ code_challenge: await oidc.calculatePKCECodeChallenge(verifier), code_challenge_method: 'S256' },
    };
    return this.checkedUrl(() => oidc.buildAuthorizationUrl(config, parameters));
  }

  /** Where a person also ends the session at the provider; null when it has no such page. */
  async endSessionUrl(connection: OidcConnection): Promise<string | null> {
    const config = await this.configurationOf(connection);
    if (config.serverMetadata().end_session_endpoint === undefined) return null;
    return this.checkedUrl(() => oidc.buildEndSessionUrl(config));
  }

  /** Who signed in, by the answer that the browser brought back. Keys are read anew each time, so that a replaced one counts at once. */
  async redeem(connection: OidcConnection, answer: URL, { state, nonce, verifier }: Challenge, wanted: readonly string[]): Promise<Claims> {
    const config = await this.configurationOf(connection);
    oidc.enableNonRepudiationChecks(config); // the signature is checked, even though the token came over TLS
    const checks = { expectedState: state, expectedNonce: nonce, pkceCodeVerifier: verifier, idTokenExpected: true };
    const tokens = await attempt(oidc.authorizationCodeGrant(config, answer, checks));
    const claims = tokens.claims();
    if (!claims) throw new OidcFault('unverified', 'The provider sent no ID token.');
    if (claims.iat > this.clock.now() / 1_000 + CLOCK_TOLERANCE_SECONDS) {
      throw new OidcFault('unverified', 'The ID token is of the future: the clock of the provider or of this server is wrong (iat).');
    }
    const isMissing = wanted.some((name) => claims[name] === undefined);
    if (!isMissing || config.serverMetadata().userinfo_endpoint === undefined) return claims;
    const more = await attempt(oidc.fetchUserInfo(config, tokens.access_token, claims.sub));
    return { ...more, ...claims };
  }

  /** A configuration with a secret, for whoever tests one. */
  async configurationOf({ issuer, clientId, clientSecret }: OidcConnection): Promise<oidc.Configuration> {
    const metadata = await this.metadataOf(issuer);
    const client = { [oidc.clockTolerance]: CLOCK_TOLERANCE_SECONDS };
    const config = new oidc.Configuration(metadata, clientId, client, authenticationOf(metadata, clientSecret));
    config[oidc.customFetch] = this.http.fetch;
    if (isLoopbackUrl(issuer)) oidc.allowInsecureRequests(config);
    return config;
  }

  private async metadataOf(issuer: string): Promise<oidc.ServerMetadata> {
    const { last } = this;
    const age = last?.issuer === issuer ? this.clock.now() - last.atMs : Infinity;
    return last && age >= 0 && age < METADATA_MS ? last.metadata : this.discover(issuer);
  }

  /** A browser is sent there: nothing but a page over TLS. */
  private checkedUrl(build: () => URL): string {
    let url: URL;
    try {
      url = build();
    } catch (error) {
      throw faultOf(error);
    }
    if (url.protocol === 'https:' || (url.protocol === 'http:' && isLoopbackUrl(url.href))) return url.href;
    throw new OidcFault('unverified', 'The provider names a page without https.');
  }
}

/** The way of RFC 6749 that every provider knows, unless it says that it only takes the other one. */
function authenticationOf({ token_endpoint_auth_methods_supported: known }: oidc.ServerMetadata, secret: string): oidc.ClientAuth {
  const onlyPost = known !== undefined && !known.includes('client_secret_basic') && known.includes('client_secret_post');
  return onlyPost ? oidc.ClientSecretPost(secret) : oidc.ClientSecretBasic(secret);
}

async function attempt<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw faultOf(error);
  }
}
