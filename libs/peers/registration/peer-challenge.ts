import { Injectable } from '@nestjs/common';
import { OwnRun } from '#libs/about/own-run.js';
import { ServerIdentity } from '#libs/about/server-identity.js';
import { newHexId } from '#libs/platform/crypto/digest.js';
import { PeerClient } from '../client/peer-client.js';
import { PeerTokens } from '../auth/peer-tokens.js';
import type { PeerRecord } from '../peer.repository.js';
import {
  PeerAnswerInvalid,
  PeerClockSkewed,
  PeerRefused,
  PeerTokenRefused,
  PeerUnreachable,
  RegistrationImpossible,
} from '../peers.errors.js';

/** Never equal to an iss, so that an answer to a challenge is of no use as a token for calls. */
const audienceOf = (challenge: string): string => `challenge ${challenge}`;

function reasonOf(error: unknown): string | null {
  if (error instanceof PeerTokenRefused) return 'Another server answers there.';
  const isOfThePeer =
    error instanceof PeerUnreachable ||
    error instanceof PeerAnswerInvalid ||
    error instanceof PeerRefused ||
    error instanceof PeerClockSkewed;
  return isOfThePeer ? error.message : null;
}

/** Makes sure that a URL answers as the server that claims it (MESH §8): a server must not register the address of another one. */
@Injectable()
export class PeerChallenge {
  constructor(
    private readonly client: PeerClient,
    private readonly tokens: PeerTokens,
    private readonly identity: ServerIdentity,
    private readonly ownRun: OwnRun,
  ) {}

  /** Throws RegistrationImpossible with the reason when the URL does not answer as the server of this record. */
  async check(record: PeerRecord): Promise<void> {
    const challenge = newHexId();
    try {
      // It is not known yet who answers there: no token, which could be used where it is meant for.
      const answer = await this.client.json(
        { iss: record.iss, url: record.url, name: record.name, isClaimed: true },
        'GET',
        '/api/ods/about',
        { query: { challenge }, token: null, isTry: true },
      );
      const { proof } = (answer ?? {}) as { proof?: unknown };
      const claims = this.tokens.verify(String(proof), { algorithm: 'ES256', key: record.publicKey }, audienceOf(challenge));
      if (claims.iss !== record.iss) throw new PeerTokenRefused('Another server answers there.');
    } catch (error) {
      const reason = reasonOf(error);
      if (reason === null) throw error;
      throw new RegistrationImpossible(
        `${record.url} does not answer as ${record.name}. ${reason} Check the URL that ${record.name} has under Admin.`,
      );
    }
  }

  /** Which start of the server answers at its URL; null when it is of a version that does not say. Throws when something else answers. */
  async runAt(record: PeerRecord): Promise<string | null> {
    const challenge = newHexId();
    const answer = await this.client.json({ iss: record.iss, url: record.url }, 'GET', '/api/ods/about', {
      query: { challenge },
      token: null,
    });
    const { proof } = (answer ?? {}) as { proof?: unknown };
    const claims = this.tokens.verify(String(proof), { algorithm: 'ES256', key: record.publicKey }, audienceOf(challenge));
    const { run } = claims;
    return claims.iss === record.iss && typeof run === 'string' ? run : null;
  }

  /** This server's proof that it is itself. */
  async answer(challenge: string): Promise<string> {
    const self = await this.identity.get();
    const run = await this.ownRun.get();
    return this.tokens.sign(
      { iss: self.iss, aud: audienceOf(challenge) },
      { algorithm: 'ES256', key: self.privateKey },
      run === null ? {} : { run },
    );
  }
}
