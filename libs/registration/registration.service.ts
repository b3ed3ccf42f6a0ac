import { Injectable } from '@nestjs/common';
import { type Identity, ServerIdentity } from '#libs/about/server-identity.js';
import { checkServerUrl } from '#libs/about/server-url.js';
import { AuditTrail } from '#libs/audit/audit-trail.js';
import type { Peer } from '#libs/entities/peer.entity.js';
import { Clock } from '#libs/platform/clock.js';
import { Database } from '#libs/platform/database/database.js';
import { InvalidRequest } from '#libs/platform/errors/common.errors.js';
import { Jobs } from '#libs/platform/jobs/jobs.js';
import { PeerClient } from './peer-client.js';
import { readRecord, recordOf } from './peer-record.js';
import { PeerTokens, type TokenKey } from './peer-tokens.js';
import { PeerRepository, type PeerRecord } from './peer.repository.js';
import { PeerRefused, PeerUnreachable, RegistrationImpossible, RegistrationRefused } from './registration.errors.js';
import { PeerNews } from './registration.jobs.js';

const bothFirewalled = 'Both servers are in firewalled mode, so neither can call the other. Register each with a server that can be reached.';

/** The caller's half of MESH §8: this server's administrator enters another server's URL, ISS ID and key. */
@Injectable()
export class RegistrationService {
  constructor(
    private readonly identity: ServerIdentity,
    private readonly tokens: PeerTokens,
    private readonly client: PeerClient,
    private readonly peers: PeerRepository,
    private readonly db: Database,
    private readonly jobs: Jobs,
    private readonly audit: AuditTrail,
    private readonly clock: Clock,
  ) {}

  async register(wish: { url: string; issId: string; key: string }): Promise<Peer> {
    const self = await this.identity.get();
    const url = this.checkUrl(wish.url);
    const iss = wish.issId.replaceAll('-', '').toLowerCase();
    if (!/^[0-9a-f]{32}$/.test(iss)) throw new InvalidRequest([{ pointer: '/iss_id', detail: 'The ISS ID must be 32 hexadecimal digits, as shown under Admin on the other server.' }]);
    if (iss === self.iss) throw new RegistrationImpossible('This is the ISS ID of this server itself. Enter the one of the other server.');
    if (self.url === null && !self.firewalledMode) {
      throw new RegistrationImpossible("Set this server's name and URL first (under Admin): the other server has to call back.");
    }
    const record = await this.ask(self, { iss, url }, { algorithm: 'HS256', key: wish.key.trim() });
    return this.keep(record);
  }

  /** Writes a server down as registered; used by both halves. */
  keep(record: PeerRecord): Promise<Peer> {
    return this.db.transaction(async () => {
      const peer = await this.peers.save(record, this.clock.now());
      await this.audit.record({ action: 'peer.registered', subject: record.name, details: { iss: record.iss, url: record.url } });
      await this.jobs.add(PeerNews, { iss: record.iss }, { key: record.iss, now: true });
      return peer;
    });
  }

  /** Throws RegistrationImpossible when the two could never talk. */
  checkModes(self: Identity, other: PeerRecord): void {
    if (self.firewalledMode && other.firewalledMode) throw new RegistrationImpossible(bothFirewalled);
  }

  private async ask(self: Identity, other: { iss: string; url: string }, key: TokenKey): Promise<PeerRecord> {
    const token = this.tokens.sign({ iss: self.iss, aud: other.iss }, key, { ...recordOf(self) });
    let answer: unknown;
    try {
      answer = await this.client.json(other, 'POST', '/api/ods/register', { token });
    } catch (error) {
      throw this.explain(error, other.url);
    }
    const claims = this.tokens.verify(String((answer as { record?: unknown } | null)?.record), key, self.iss);
    if (claims.iss !== other.iss) throw new RegistrationRefused('Another server answered than the one with this ISS ID.');
    const record = readRecord(other.iss, claims, other.url);
    this.checkModes(self, record);
    return record;
  }

  private explain(error: unknown, url: string): Error {
    if (error instanceof PeerUnreachable) return new RegistrationRefused(error.message);
    if (!(error instanceof PeerRefused)) return error as Error;
    if (error.peerStatus === 401) return new RegistrationRefused(`${url} refused: ${error.problem} Copy ISS ID and key anew from its Admin page.`);
    if ([404, 405].includes(error.peerStatus)) return new RegistrationRefused(`${url} does not seem to be an ODS. Check the URL.`);
    return new RegistrationRefused(`${url} refused: ${error.problem}`);
  }

  private checkUrl(text: string): string {
    const checked = checkServerUrl(text.trim());
    if ('fault' in checked) throw new InvalidRequest([{ pointer: '/url', detail: checked.fault }]);
    return checked.url;
  }
}
