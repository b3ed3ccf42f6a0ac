import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { PassportStrategy } from '@nestjs/passport';
import passport from 'passport';
import type { FastifyRequest } from 'fastify';
import { ExtractJwt, Strategy } from 'passport-jwt';
import { ServerIdentity } from '#libs/about/server-identity.js';
import type { Peer } from '#libs/entities/peer.entity.js';
import { newHexId } from '#libs/platform/crypto/digest.js';
import { PeerPresence } from './peer-presence.js';
import { PeerTokens, TOKEN_SECONDS } from './peer-tokens.js';
import { PeerRepository } from './peer.repository.js';
import { PeerTokenRefused, PeerUnknown } from './registration.errors.js';
import { SeenTokenRepository } from './seen-token.repository.js';

type RawRequest = FastifyRequest & { rawBody?: Buffer };

const tokenOf = ExtractJwt.fromAuthHeaderAsBearerToken();

/** Tells the guard apart: the token was not judged at all. */
export class KeyNotLookedUp {
  constructor(readonly reason: unknown) {}
}

/** The body as it came over the wire; bodies that are not read as JSON have none, and are not taken. */
function bodyOf({ headers, rawBody }: RawRequest): Buffer | undefined {
  const hasBody = headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
  if (hasBody && rawBody === undefined) throw new PeerTokenRefused('Only JSON can be signed for: send the body as application/json.');
  return rawBody;
}

/** A token lives 60 s and clocks may differ by as much; a little more, so that none is forgotten too early. */
const REMEMBER_MS = (2 * TOKEN_SECONDS + 60) * 1_000;

/** Recognises registered servers by the key that was pinned at registration (MESH §8). */
@Injectable()
export class PeerStrategy extends PassportStrategy(Strategy, 'peer') implements OnModuleDestroy {
  /** passport has one table of strategies per process; servers that share a process must not meet in it. */
  readonly registeredAs = `peer-${newHexId()}`;

  constructor(
    private readonly peers: PeerRepository,
    private readonly tokens: PeerTokens,
    private readonly seen: SeenTokenRepository,
    private readonly identity: ServerIdentity,
    private readonly presence: PeerPresence,
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

  onModuleDestroy(): void {
    passport.unuse(this.registeredAs);
  }

  async validate(request: RawRequest): Promise<Peer> {
    const token = tokenOf(request) ?? '';
    const peer = await this.issuerOf(token);
    const claims = this.tokens.verify(token, { algorithm: 'ES256', key: peer.publicKey }, (await this.identity.get()).iss);
    this.tokens.checkCall(claims, { method: request.method, path: request.url.split('?')[0]!, body: bodyOf(request) });
    // A repeated GET tells nobody anything new; anything else must not be done twice on a recorded token.
    const isReading = request.method === 'GET' || request.method === 'HEAD';
    if (!isReading && !(await this.seen.use(claims.iss, claims.jti, claims.exp * 1_000 + REMEMBER_MS))) {
      throw new PeerTokenRefused('The token was used before.');
    }
    await this.presence.called(peer);
    return peer;
  }

  private async issuerOf(token: string): Promise<Peer> {
    const iss = this.tokens.issuerOf(token);
    const peer = iss === null ? null : await this.peers.findByIss(iss);
    if (!peer) throw new PeerUnknown();
    return peer;
  }
}
