import { Injectable } from '@nestjs/common';
import { ServerIdentity } from '#libs/about/server-identity.js';
import { newHexId } from '#libs/platform/crypto/digest.js';
import { PeerClient } from './peer-client.js';
import { PeerTokens } from './peer-tokens.js';
import type { PeerRecord } from './peer.repository.js';
import {
  PeerAnswerInvalid,
  PeerClockSkewed,
  PeerRefused,
  PeerTokenRefused,
  PeerUnreachable,
  RegistrationImpossible,
} from './registration.errors.js';

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

/** Makes sure that a URL answers as the server that claims it (MESH §8): a server must not register somebody else's address. */
@Injectable()
export class PeerChallenge {
  constructor(
    private readonly client: PeerClient,
    private readonly tokens: PeerTokens,
    private readonly identity: ServerIdentity,
  ) {}

  /** Throws RegistrationImpossible with the reason when the URL does not answer as the server of this record. */
  async check(record: PeerRecord): Promise<void> {
    const challenge = newHexId();
    try {
      // Nobody knows yet who answers there: no token, which could be used where it is meant for.
      const answer = await this.client.json(record, 'GET', '/api/ods/about', { query: { challenge }, token: null });
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

  /** This server's proof that it is itself. */
  async answer(challenge: string): Promise<string> {
    const self = await this.identity.get();
    return this.tokens.sign({ iss: self.iss, aud: audienceOf(challenge) }, { algorithm: 'ES256', key: self.privateKey });
  }
}
