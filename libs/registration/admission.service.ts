import { Injectable } from '@nestjs/common';
import { type Identity, ServerIdentity } from '#libs/about/server-identity.js';
import type { Peer } from '#libs/entities/peer.entity.js';
import { actAs } from '#libs/platform/logging/request-context.js';
import { PeerChallenge } from './peer-challenge.js';
import { readRecord, recordOf } from './peer-record.js';
import { PeerRegister } from './peer-register.js';
import { PeerTokens, TOKEN_SECONDS } from './peer-tokens.js';
import type { PeerRecord } from './peer.repository.js';
import { PeerTokenRefused, RegistrationImpossible } from './registration.errors.js';
import { SeenTokenRepository } from './seen-token.repository.js';

const REMEMBER_MS = 3 * TOKEN_SECONDS * 1_000;
/** The caller writes this server down when it has our answer: called earlier, it would not know us. */
const ANSWER_FIRST_MS = 1_000;

/** The called server's half of MESH §8: another server asks to be registered, or tells what has become of it. */
@Injectable()
export class AdmissionService {
  constructor(
    private readonly identity: ServerIdentity,
    private readonly tokens: PeerTokens,
    private readonly seen: SeenTokenRepository,
    private readonly challenge: PeerChallenge,
    private readonly registered: PeerRegister,
  ) {}

  /** Answers this server's own record, signed with the registration key that the caller was given. */
  async admit(token: string): Promise<string> {
    const self = await this.identity.read();
    const key = { algorithm: 'HS256', key: self.registrationKey } as const;
    const claims = this.tokens.verify(token, key, self.iss);
    if (!(await this.seen.use(claims.iss, claims.jti, claims.exp * 1_000 + REMEMBER_MS)))
      throw new PeerTokenRefused('The token was used before.');
    if (claims.iss === self.iss) throw new RegistrationImpossible('A server cannot register with itself.');
    const record = readRecord(claims.iss, claims);
    actAs({ kind: 'peer', name: record.name });
    this.registered.checkModes(self, record);
    if (!record.firewalledMode) await this.challenge.check(record);
    await this.registered.enter(record, { delayMs: ANSWER_FIRST_MS });
    return this.tokens.sign({ iss: self.iss, aud: record.iss }, key, { ...recordOf(self) });
  }

  /** A registered server tells its record of today; answers ours, signed for it alone. */
  async exchange(peer: Peer, told: Readonly<Record<string, unknown>>): Promise<string> {
    const self = await this.identity.get();
    await this.learn(self, peer, told);
    return this.tokens.sign({ iss: self.iss, aud: peer.iss }, { algorithm: 'ES256', key: self.privateKey }, { ...recordOf(self) });
  }

  /** The answer of a registered server to our own record. */
  async learnFrom(peer: Peer, answer: string): Promise<void> {
    const self = await this.identity.get();
    const claims = this.tokens.verify(answer, { algorithm: 'ES256', key: peer.publicKey }, self.iss);
    if (claims.iss !== peer.iss) throw new PeerTokenRefused('Another server signed this record.');
    await this.learn(self, peer, claims);
  }

  /** A URL that it was not known to have must answer as it; its key stays the one that it was registered with. */
  private async learn(self: Identity, peer: Peer, told: Readonly<Record<string, unknown>>): Promise<void> {
    // One that knows no URL of its own stays where it was found.
    const record = readRecord(peer.iss, { ...told, url: told['url'] ?? peer.url, public_key: peer.publicKey });
    if (isSame(record, peer)) return;
    this.registered.checkModes(self, record);
    const isProven = record.url === peer.url && !peer.firewalledMode;
    if (!record.firewalledMode && !isProven) await this.challenge.check(record);
    await this.registered.amend(record);
  }
}

const isSame = (record: PeerRecord, { name, url, stage, firewalledMode }: Peer): boolean =>
  record.name === name && record.url === url && record.stage === stage && record.firewalledMode === firewalledMode;
