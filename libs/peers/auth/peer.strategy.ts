import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { PassportStrategy } from '@nestjs/passport';
import passport from 'passport';
import type { FastifyRequest } from 'fastify';
import { ExtractJwt, Strategy } from 'passport-jwt';
import { ServerIdentity } from '#libs/about/server-identity.js';
import type { Peer } from '#libs/entities/peer.entity.js';
import { newHexId } from '#libs/platform/crypto/digest.js';
import { PeerRuns } from '../identity/peer-runs.js';
import { PeerPresence } from '../peer-presence.js';
import { monotonicMs, PeerClocks } from '../clocks/peer-clocks.js';
import { AnswerSigner } from './answer-signer.js';
import { type PeerCall, type PeerClaims, PeerTokens, TOKEN_SECONDS } from './peer-tokens.js';
import { PeerRepository } from '../peer.repository.js';
import { PeerClockSkewed, PeerTokenRefused, PeerUnknown } from '../peers.errors.js';
import { SeenTokenRepository } from './seen-token.repository.js';

export type PeerRequest = FastifyRequest & { readonly rawBody?: Buffer; readonly user: Peer };

const tokenOf = ExtractJwt.fromAuthHeaderAsBearerToken();

/** For the guard: the token was not checked at all. */
export class KeyNotLookedUp {
  constructor(readonly reason: unknown) {}
}

/** The body as it came over the wire; bodies that are not read as JSON have none, and are not taken. */
function bodyOf({ headers, rawBody }: PeerRequest): Buffer | undefined {
  const hasBody = headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
  if (hasBody && rawBody === undefined) throw new PeerTokenRefused('Only JSON can be signed for: send the body as application/json.');
  return rawBody;
}

function callOf({ method, url }: PeerRequest, { signsSinceMs }: Peer): PeerCall {
  const [path, ...query] = url.split('?');
  return { method, path: path!, query: query.join('?'), mustSignQuery: signsSinceMs !== null };
}

/** What the verified token of a request says. */
const claimsOf = new WeakMap<object, PeerClaims>();

/** A token lives 60 s and clocks may differ by as much; a little more, so that none is forgotten too early. */
const REMEMBER_MS = (2 * TOKEN_SECONDS + 60) * 1_000;

/** A token says when it was made in whole seconds, and may have been under way for some time. */
const TOKEN_TIME_STEP_MS = 2_000;

/** Recognises registered servers by the key that was pinned at registration (MESH §8). */
@Injectable()
export class PeerStrategy extends PassportStrategy(Strategy, 'peer') implements OnApplicationShutdown {
  /** passport has one table of strategies per process; servers that share a process must not meet in it. */
  readonly registeredAs = `peer-${newHexId()}`;

  constructor(
    private readonly peers: PeerRepository,
    private readonly tokens: PeerTokens,
    private readonly seen: SeenTokenRepository,
    private readonly identity: ServerIdentity,
    private readonly presence: PeerPresence,
    private readonly answers: AnswerSigner,
    private readonly clocks: PeerClocks,
    private readonly runs: PeerRuns,
  ) {
    super({
      jwtFromRequest: tokenOf,
      passReqToCallback: true,
      algorithms: ['ES256'],
      ignoreExpiration: true, // `validate` judges the time, and names both clocks
      secretOrKeyProvider: (_request: unknown, token: string, done: (error: unknown, key?: string) => void) => {
        this.issuerOf(token).then(
          ({ publicKey }) => done(null, publicKey),
          (error: unknown) => done(new KeyNotLookedUp(error)),
        );
      },
    });
    passport.use(this.registeredAs, this);
  }

  /** When the last request has been answered, not when the stop begins. */
  onApplicationShutdown(): void {
    passport.unuse(this.registeredAs);
  }

  /** Judges the token from the head of the request alone. */
  async validate(request: PeerRequest): Promise<Peer> {
    const token = tokenOf(request) ?? '';
    const peer = await this.issuerOf(token);
    const claims = await this.verified(token, peer);
    this.tokens.checkHead(claims, callOf(request, peer));
    claimsOf.set(request, claims);
    return peer;
  }

  /** With the body here: compares it with what the token was made for, and uses the token up. Throws PeerTokenRefused. */
  async acceptCall(request: PeerRequest): Promise<void> {
    const claims = claimsOf.get(request);
    if (!claims) throw new PeerTokenRefused('This call needs a token of a registered server.');
    this.tokens.checkBody(claims, bodyOf(request));
    const isReading = request.method === 'GET' || request.method === 'HEAD';
    if (!(await this.seen.use(claims.iss, claims.jti, claims.exp * 1_000 + REMEMBER_MS, isReading)))
      throw new PeerTokenRefused('The token was used before.');
    await this.runs.admit(request.user, { runId: claims['run'], address: request.ip });
    this.answers.note(request, claims);
    await this.presence.called(request.user);
  }

  /** Each token names the time at which it was made, also one that is refused because the clocks differ. */
  private async verified(token: string, peer: Peer): Promise<PeerClaims> {
    const receivedMs = monotonicMs();
    const note = (theirMs: number): void => this.clocks.note(peer.iss, { sentMs: receivedMs, receivedMs }, theirMs, TOKEN_TIME_STEP_MS);
    try {
      const claims = this.tokens.verify(token, { algorithm: 'ES256', key: peer.publicKey }, (await this.identity.get()).iss);
      note(claims.iat * 1_000);
      return claims;
    } catch (error) {
      if (error instanceof PeerClockSkewed) note(error.theirsMs);
      throw error;
    }
  }

  private async issuerOf(token: string): Promise<Peer> {
    const iss = this.tokens.issuerOf(token);
    const peer = iss === null ? null : await this.peers.findByIss(iss);
    if (!peer) throw new PeerUnknown();
    return peer;
  }
}
