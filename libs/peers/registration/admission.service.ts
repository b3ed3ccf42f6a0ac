import { Injectable } from '@nestjs/common';
import { type Identity, ServerIdentity } from '#libs/about/server-identity.js';
import type { Peer } from '#libs/entities/peer.entity.js';
import { actAs } from '#libs/platform/logging/request-context.js';
import { PeerChallenge } from './peer-challenge.js';
import { readRecord, recordOf, withSigning } from './peer-record.js';
import { BlockList } from '../blocking/block-list.js';
import { InvitationsService } from '../invitations/invitations.service.js';
import { type EntryTerms, PeerRegister } from '../peer-registry.js';
import { PeerTokens, TOKEN_SECONDS, type TokenKey } from '../auth/peer-tokens.js';
import { type PeerRecord, PeerRepository } from '../peer.repository.js';
import { PeerAddressPolicy } from './peer-address.js';
import { checkKeyProof, isHandedOver } from './key-proof.js';
import { PeerKeyChanged, PeerTokenRefused, RegistrationImpossible } from '../peers.errors.js';
import { SeenTokenRepository } from '../auth/seen-token.repository.js';

const REMEMBER_MS = 3 * TOKEN_SECONDS * 1_000;
/** The caller writes this server down when it has our answer: called earlier, it would not know us. */
const ANSWER_FIRST_MS = 1_000;

/** The called server's half of MESH §8: another server asks to be registered, or sends its changed record. */
@Injectable()
export class AdmissionService {
  constructor(
    private readonly identity: ServerIdentity,
    private readonly tokens: PeerTokens,
    private readonly seen: SeenTokenRepository,
    private readonly challenge: PeerChallenge,
    private readonly registered: PeerRegister,
    private readonly peers: PeerRepository,
    private readonly addresses: PeerAddressPolicy,
    private readonly blocked: BlockList,
    private readonly invitations: InvitationsService,
  ) {}

  /**
   * Answers this server's own record, signed with the key that the caller was given: the registration key, or that of an invitation.
   * `keyProof` shows that the caller has the private key to the public key that it sends.
   */
  async admit(token: string, keyProof?: string): Promise<string> {
    const self = await this.identity.read();
    const { key, invitationId } = await this.keyOf(token, self);
    const claims = this.tokens.verify(token, key, self.iss);
    if (!(await this.seen.use(claims.iss, claims.jti, claims.exp * 1_000 + REMEMBER_MS)))
      throw new PeerTokenRefused('The token was used before.');
    if (claims.iss === self.iss) throw new RegistrationImpossible('A server cannot register with itself.');
    const record = readRecord(claims.iss, claims);
    actAs({ kind: 'peer', name: record.name });
    await this.blocked.check(record);
    if (!record.firewalledMode) this.addresses.check(record.url);
    this.registered.checkModes(self, record);
    if (record.firewalledMode) checkKeyProof(this.tokens, keyProof, { token, record, audience: self.iss });
    else await this.challenge.check(record);
    await this.enter(withSigning(record, claims), {
      delayMs: ANSWER_FIRST_MS,
      mayChangeKey: await this.isKeyHandedOver(record, claims),
      invitationId,
    });
    return this.tokens.sign({ iss: self.iss, aud: record.iss }, key, { ...recordOf(self) });
  }

  /** A registered server sends its current record; answers ours, signed for it alone. */
  async exchange(peer: Peer, received: Readonly<Record<string, unknown>>): Promise<string> {
    const self = await this.identity.get();
    await this.learn(self, peer, received);
    return this.tokens.sign({ iss: self.iss, aud: peer.iss }, { algorithm: 'ES256', key: self.privateKey }, { ...recordOf(self) });
  }

  /** The answer of a registered server to our own record. */
  async learnFrom(peer: Peer, answer: string): Promise<void> {
    const self = await this.identity.get();
    const claims = this.tokens.verify(answer, { algorithm: 'ES256', key: peer.publicKey }, self.iss);
    if (claims.iss !== peer.iss) throw new PeerTokenRefused('Another server signed this record.');
    await this.learn(self, peer, claims);
  }

  private async keyOf(token: string, { registrationKey }: Identity): Promise<{ key: TokenKey; invitationId: number | null }> {
    for (const { id, key } of await this.invitations.keysFor(this.tokens.issuerOf(token)))
      if (this.tokens.isSignedWith(token, { algorithm: 'HS256', key })) return { key: { algorithm: 'HS256', key }, invitationId: id };
    return { key: { algorithm: 'HS256', key: registrationKey }, invitationId: null };
  }

  /** The key that is known of it has signed the one that it has now. */
  private async isKeyHandedOver(
    { iss, publicKey }: PeerRecord,
    { key_change: signature }: Readonly<Record<string, unknown>>,
  ): Promise<boolean> {
    const before = await this.peers.findByIss(iss);
    return before !== null && isHandedOver(before.publicKey, { iss, publicKey }, signature);
  }

  private async enter(record: PeerRecord, terms: EntryTerms): Promise<void> {
    try {
      await this.registered.enter(record, terms);
    } catch (error) {
      if (error instanceof PeerKeyChanged) await this.registered.noteKeyChange(record);
      throw error;
    }
  }

  /** A URL that it was not known to have must answer as it; its key stays the one that it was registered with. */
  private async learn(self: Identity, peer: Peer, received: Readonly<Record<string, unknown>>): Promise<void> {
    // One that knows no URL of its own stays where it was found.
    const record = readRecord(peer.iss, { ...received, url: received['url'] ?? peer.url, public_key: peer.publicKey });
    if (isSame(record, peer)) return;
    this.registered.checkModes(self, record);
    const isProven = record.url === peer.url && !peer.firewalledMode;
    if (!record.firewalledMode && record.url !== peer.url) this.addresses.check(record.url);
    if (!record.firewalledMode && !isProven) await this.challenge.check(record);
    await this.registered.amend(record);
  }
}

const isSame = (record: PeerRecord, { name, url, stage, firewalledMode }: Peer): boolean =>
  record.name === name && record.url === url && record.stage === stage && record.firewalledMode === firewalledMode;
