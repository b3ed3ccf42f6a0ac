import { Injectable } from '@nestjs/common';
import { ServerIdentity } from '#libs/about/server-identity.js';
import type { Peer } from '#libs/entities/peer.entity.js';
import { AuditTrail } from '#libs/audit/audit-trail.js';
import { Database } from '#libs/platform/database/database.js';
import { PeerChallenge } from './peer-challenge.js';
import { readRecord, recordOf } from './peer-record.js';
import { PeerTokens, TOKEN_SECONDS } from './peer-tokens.js';
import { PeerRepository } from './peer.repository.js';
import { PeerTokenRefused, RegistrationImpossible } from './registration.errors.js';
import { RegistrationService } from './registration.service.js';
import { SeenTokenRepository } from './seen-token.repository.js';

const REMEMBER_MS = 3 * TOKEN_SECONDS * 1_000;

/** The called server's half of MESH §8: another server asks to be registered, or to change or end that. */
@Injectable()
export class AdmissionService {
  constructor(
    private readonly identity: ServerIdentity,
    private readonly tokens: PeerTokens,
    private readonly seen: SeenTokenRepository,
    private readonly challenge: PeerChallenge,
    private readonly registration: RegistrationService,
    private readonly peers: PeerRepository,
    private readonly db: Database,
    private readonly audit: AuditTrail,
  ) {}

  /** Answers this server's own record, signed with the registration key that the caller was given. */
  async admit(token: string): Promise<string> {
    const self = await this.identity.get();
    const key = { algorithm: 'HS256', key: self.registrationKey } as const;
    const claims = this.tokens.verify(token, key, self.iss);
    if (!(await this.seen.use(claims.iss, claims.jti, claims.exp * 1_000 + REMEMBER_MS))) throw new PeerTokenRefused('The token was used before.');
    if (claims.iss === self.iss) throw new RegistrationImpossible('A server cannot register with itself.');
    const record = readRecord(claims.iss, claims);
    this.registration.checkModes(self, record);
    if (!record.firewalledMode) await this.challenge.check(record);
    await this.registration.keep(record);
    return this.tokens.sign({ iss: self.iss, aud: record.iss }, key, { ...recordOf(self) });
  }

  /** A registered server tells its new name, address, stage or mode. A new address must answer as it. */
  async refresh(peer: Peer, body: Readonly<Record<string, unknown>>): Promise<void> {
    const self = await this.identity.get();
    const record = readRecord(peer.iss, { ...body, public_key: peer.publicKey });
    this.registration.checkModes(self, record);
    if (!record.firewalledMode && record.url !== peer.url) await this.challenge.check(record);
    await this.registration.keep(record);
  }

  /** A registered server has unregistered this one. */
  async dismiss(peer: Peer): Promise<void> {
    await this.db.transaction(async () => {
      if (await this.peers.remove(peer.iss)) await this.audit.record({ action: 'peer.unregistered', subject: peer.name, details: { iss: peer.iss, by: 'the peer' } });
    });
  }
}
