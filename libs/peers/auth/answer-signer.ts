import { Injectable } from '@nestjs/common';
import type { FastifyInstance } from 'fastify';
import { ServerIdentity } from '#libs/about/server-identity.js';
import { sha256Hex } from '#libs/platform/crypto/digest.js';
import type { Peer } from '#libs/entities/peer.entity.js';
import { PeerAnswerInvalid, PeerTokenRefused } from '../peers.errors.js';
import { type PeerClaims, PeerTokens } from './peer-tokens.js';

/** Header of an answer between servers: a JWT (ES256) of the server that answers, over the request's `jti`, the status and the body. */
export const ANSWER_SIGNATURE_HEADER = 'ods-signature';

type Caller = Pick<PeerClaims, 'iss' | 'jti'>;

export interface SignedAnswer {
  readonly status: number;
  readonly body: Uint8Array;
}

export interface ReceivedAnswer extends SignedAnswer {
  readonly signature: string | undefined;
  /** `jti` of the request that it answers; undefined when that carried no token of this server. */
  readonly requestId: string | undefined;
}

type Answering = Pick<Peer, 'iss'> & Partial<Pick<Peer, 'name' | 'publicKey' | 'signsSinceMs'>>;

const claimsOf = (jti: string, { status, body }: SignedAnswer) => ({ rjt: jti, st: status, bsh: sha256Hex(body) });

/** Signs what this server answers to its peers: an answer cannot be changed on the line, or given to another request (MESH §8). */
@Injectable()
export class AnswerSigner {
  private readonly callers = new WeakMap<object, Caller>();

  constructor(
    private readonly identity: ServerIdentity,
    private readonly tokens: PeerTokens,
  ) {}

  /** The request is one of this peer, and its token was right. */
  note(request: object, { iss, jti }: Caller): void {
    this.callers.set(request, { iss, jti });
  }

  /** Null for requests of others. */
  async signatureFor(request: object, answer: SignedAnswer): Promise<string | null> {
    const caller = this.callers.get(request);
    if (!caller) return null;
    const { iss, privateKey } = await this.identity.get();
    return this.tokens.sign({ iss, aud: caller.iss }, { algorithm: 'ES256', key: privateKey }, claimsOf(caller.jti, answer));
  }

  /**
   * Checks what a server answered. True: it has signed for the first time. Servers that never signed, and those that are not registered,
   * need not. Throws PeerAnswerInvalid when it did not sign exactly this answer, PeerClockSkewed when the clocks differ too much.
   */
  async check(from: Answering, answer: ReceivedAnswer): Promise<boolean> {
    const { iss, name, publicKey, signsSinceMs } = from;
    const { signature, requestId } = answer;
    if (publicKey === undefined || signsSinceMs === undefined || requestId === undefined) return false;
    if (signature === undefined && signsSinceMs === null) return false;
    if (signature === undefined || !(await this.isRight(signature, { iss, publicKey }, requestId, answer)))
      throw new PeerAnswerInvalid(
        `The answer is not signed with the key of ${name}: something between the two servers may have changed it.`,
      );
    return signsSinceMs === null;
  }

  private async isRight(
    signature: string,
    from: { readonly iss: string; readonly publicKey: string },
    jti: string,
    answer: SignedAnswer,
  ): Promise<boolean> {
    const { iss } = await this.identity.get();
    try {
      const claims = this.tokens.verify(signature, { algorithm: 'ES256', key: from.publicKey }, iss);
      const { rjt, st, bsh } = claimsOf(jti, answer);
      return claims.iss === from.iss && claims['rjt'] === rjt && claims['st'] === st && claims.bsh === bsh;
    } catch (error) {
      if (error instanceof PeerTokenRefused) return false;
      throw error; // the clocks differ too much: that is said as it is
    }
  }
}

/** Bodies that are streamed are contents: they are checked by their hashes, wherever they come from. */
export function signAnswers(fastify: FastifyInstance, signer: AnswerSigner): void {
  fastify.addHook('onSend', async (request, reply, payload: unknown) => {
    const isWhole = payload === null || payload === undefined || typeof payload === 'string' || Buffer.isBuffer(payload);
    if (!isWhole) return payload;
    const body = Buffer.isBuffer(payload) ? payload : Buffer.from(payload ?? '');
    const signature = await signer.signatureFor(request, { status: reply.statusCode, body });
    if (signature !== null) void reply.header(ANSWER_SIGNATURE_HEADER, signature);
    return payload;
  });
}
