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
import { PeerTokenRefused } from './registration.errors.js';
import { SeenTokenRepository } from './seen-token.repository.js';

type RawRequest = FastifyRequest & { rawBody?: Buffer };

const notRegistered = 'The caller is not registered with this server. Register the two servers again.';
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
      jwtFromRequest: ExtractJwt.fromAuthHeaderAsBearerToken(),
      passReqToCallback: true,
      algorithms: ['ES256'],
      ignoreExpiration: true, // `validate` judges the time, and names both clocks
      secretOrKeyProvider: (_request: unknown, token: string, done: (error: unknown, key?: string) => void) => {
        this.keyOf(token).then(
          (key) => done(null, key),
          (error: unknown) => done(error),
        );
      },
    });
    passport.use(this.registeredAs, this);
  }

  onModuleDestroy(): void {
    passport.unuse(this.registeredAs);
  }

  async validate(request: RawRequest): Promise<Peer> {
    const token = request.headers.authorization!.slice('Bearer '.length);
    const peer = await this.peers.findByIss(this.tokens.peek(token)?.iss ?? '');
    if (!peer) throw new PeerTokenRefused(notRegistered);
    const claims = this.tokens.verify(token, { algorithm: 'ES256', key: peer.publicKey }, (await this.identity.get()).iss);
    this.tokens.checkBody(claims, request.rawBody);
    // A repeated GET tells nobody anything new; anything else must not be done twice on a recorded token.
    const isReading = request.method === 'GET' || request.method === 'HEAD';
    if (!isReading && !(await this.seen.use(claims.iss, claims.jti, claims.exp * 1_000 + REMEMBER_MS))) {
      throw new PeerTokenRefused('The token was used before.');
    }
    await this.presence.seen(peer);
    return peer;
  }

  private async keyOf(token: string): Promise<string> {
    const iss = this.tokens.peek(token)?.iss;
    const peer = typeof iss === 'string' ? await this.peers.findByIss(iss) : null;
    if (!peer) throw new PeerTokenRefused(notRegistered);
    return peer.publicKey;
  }
}
