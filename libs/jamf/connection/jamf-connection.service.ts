import { Injectable } from '@nestjs/common';
import { AuditTrail } from '#libs/audit/audit-trail.js';
import type { JamfAuth, JamfConnection } from '#libs/entities/jamf-connection.entity.js';
import { PublishSummary } from '#libs/network/network.jobs.js';
import { Clock } from '#libs/platform/clock.js';
import { SecretBox } from '#libs/platform/crypto/secret-box.js';
import { Database } from '#libs/platform/database/database.js';
import { InvalidRequest } from '#libs/platform/errors/common.errors.js';
import { DomainEvents } from '#libs/events/domain-events.js';
import { Jobs } from '#libs/platform/jobs/jobs.js';
import { JamfClients } from '../client/jamf-clients.js';
import type { JamfCredentials } from '../client/jamf-tokens.js';
import { JamfNotSetUp } from '../jamf.errors.js';
import { COMPARE_KEY, ComparePoints, CompareWithJamf, LookForLeader } from '../jamf.jobs.js';
import { type JamfLead, JamfLeadership } from '../leader/jamf-leadership.js';
import { JamfCheckRepository } from '../checks/jamf-check.repository.js';
import { JamfPointRepository } from '../points/jamf-point.repository.js';
import { JamfRecordRepository } from '../records/jamf-record.repository.js';
import { firstRules } from '../rules/first-rules.js';
import { JamfRuleRepository } from '../rules/jamf-rule.repository.js';
import { type ConnectionTested, testConnection } from './connection-test.js';
import { JamfConnectionRepository } from './jamf-connection.repository.js';
import { jamfOrigin } from './jamf-url.js';

export const JAMF_SECRET_PURPOSE = 'jamf secret';
const ERROR_LENGTH = 500;

/** Of a connection to a server that was not known before: nothing is written until an administrator says so. */
const fresh: Omit<JamfConnection, 'id' | 'url' | 'auth' | 'clientId' | 'secret' | 'priority'> = {
  ...({ mode: 'watch', hashType: 'SHA_512', gate: 'here', createMissing: true, managePoints: false } as const),
  ...{ version: null, lastOkMs: null, lastError: null, comparedMs: null, failingSinceMs: null },
  ...{ pointsMs: null, pointsFault: null, networksMs: null, networksFault: null },
  ...{ readyMs: null, leadsFromMs: null, lookedMs: null, leaderIss: null },
};

/** The connection, and which server keeps Jamf Pro in step. */
export interface JamfConnectionOverview {
  readonly row: JamfConnection;
  readonly lead: JamfLead;
}

export interface JamfSignIn {
  readonly url: string;
  readonly auth: JamfAuth;
  readonly clientId: string;
  /** Undefined: the one that is saved. */
  readonly secret: string | undefined;
}

const shown = ({ url, auth, clientId }: Omit<JamfSignIn, 'secret'>) => ({ url, auth, client_id: clientId });

const refuse = (pointer: string, detail: string): never => {
  throw new InvalidRequest([{ pointer, detail }]);
};

/** The connection to one Jamf Pro server: what signs in there, and whether it works. */
@Injectable()
export class JamfConnectionService {
  constructor(
    private readonly db: Database,
    private readonly connections: JamfConnectionRepository,
    private readonly records: JamfRecordRepository,
    private readonly points: JamfPointRepository,
    private readonly checks: JamfCheckRepository,
    private readonly rules: JamfRuleRepository,
    private readonly leadership: JamfLeadership,
    private readonly clients: JamfClients,
    private readonly jobs: Jobs,
    private readonly events: DomainEvents,
    private readonly box: SecretBox,
    private readonly audit: AuditTrail,
    private readonly clock: Clock,
  ) {}

  find(): Promise<JamfConnection | null> {
    return this.connections.find();
  }

  /** Null without a connection. */
  async overview(): Promise<JamfConnectionOverview | null> {
    const row = await this.connections.find();
    return row && { row, lead: await this.leadership.view(row) };
  }

  /** Throws InvalidRequest. */
  async set(input: JamfSignIn): Promise<JamfConnectionOverview> {
    const row = await this.save(input);
    return { row, lead: await this.leadership.view(row) };
  }

  private save(input: JamfSignIn): Promise<JamfConnection> {
    return this.db.transaction(async () => {
      const before = await this.connections.hold();
      const { url, secret } = this.signInOf(input, before);
      const { auth, clientId } = input;
      const kept = before?.url === url ? before : null;
      if (kept === null) await this.forgetFound(); // it is of another server
      if (before === null && (await this.rules.all()).length === 0) await this.rules.replace(firstRules);
      const sealed = this.box.seal(secret, JAMF_SECRET_PURPOSE);
      const priority = kept?.priority ?? (await this.leadership.nextPriority(url));
      const after = { ...fresh, ...kept, priority, url, auth, clientId, secret: sealed, lastError: null };
      await this.connections.save(after);
      await this.jobs.add(LookForLeader, {}, { key: COMPARE_KEY, now: true });
      await this.jobs.add(CompareWithJamf, {}, { key: COMPARE_KEY, now: true });
      await this.jobs.add(ComparePoints, {}, { key: COMPARE_KEY, now: true });
      const details = { before: before && shown(before), after: shown(after), secret_changed: input.secret !== undefined };
      await this.audit.record({ action: 'jamf.connection_updated', subject: url, details });
      return { ...after, id: 1 };
    });
  }

  /** Forgets the connection here; nothing changes in Jamf Pro. Throws JamfNotSetUp. */
  remove(): Promise<void> {
    return this.db.transaction(async () => {
      const before = await this.connections.hold();
      if (!before) throw new JamfNotSetUp();
      await this.connections.remove();
      await this.forgetFound();
      await this.jobs.add(PublishSummary, {}, { key: 'self' }); // another server may take over
      await this.audit.record({ action: 'jamf.connection_removed', subject: before.url, details: shown(before) });
    });
  }

  /** Tries a connection, with the saved secret when none is given. Never throws for what Jamf Pro says. Throws InvalidRequest. */
  async test(given: JamfSignIn): Promise<ConnectionTested> {
    const saved = await this.connections.find();
    const credentials = this.signInOf(given, saved);
    const namesCategories = (await this.rules.all()).some(({ include, category }) => include && category !== null);
    const use = { managePoints: saved?.managePoints ?? false, namesCategories };
    const tested = await testConnection(this.clients.prompt(credentials), use);
    if (saved && given.secret === undefined) await this.note(saved, tested); // it is the saved one that was tried
    const failed = tested.steps.filter(({ ok }) => !ok).map(({ name }) => name);
    await this.audit.record({ action: 'jamf.connection_tested', subject: credentials.url, details: { failed } });
    return tested;
  }

  /** A comparison ended well. */
  noteCompared(saved: JamfConnection, version: string): Promise<void> {
    return this.noteReached(saved, version, { comparedMs: this.clock.now() });
  }

  /** Jamf Pro answered as it should. */
  noteReached(saved: JamfConnection, version: string, more: { readonly comparedMs?: number } = {}): Promise<void> {
    return this.db.transaction(async () => {
      const before = await this.connections.hold();
      await this.connections.note(saved, { version, lastOkMs: this.clock.now(), lastError: null, failingSinceMs: null, ...more });
      if (before?.url === saved.url && before.failingSinceMs !== null)
        await this.events.record('jamf.connection_restored', { url: saved.url, version });
    });
  }

  /** A comparison failed: said once, however often it is tried. */
  noteFailed(saved: JamfConnection, reason: string): Promise<void> {
    return this.db.transaction(async () => {
      const before = await this.connections.hold();
      if (before?.url !== saved.url) return;
      const failingSinceMs = before.failingSinceMs ?? this.clock.now();
      await this.connections.note(saved, { lastError: reason.slice(0, ERROR_LENGTH), failingSinceMs });
      if (before.failingSinceMs === null) await this.events.record('jamf.connection_lost', { url: saved.url, reason });
    });
  }

  credentialsOf({ url, auth, clientId, secret }: JamfConnection): JamfCredentials {
    return { url, auth, clientId, secret: this.box.open(secret, JAMF_SECRET_PURPOSE) };
  }

  private async forgetFound(): Promise<void> {
    await this.records.clear();
    await this.points.clear();
    await this.checks.keepServers([]);
  }

  private note(saved: JamfConnection, { steps, version }: ConnectionTested): Promise<void> {
    const fault = steps.find(({ ok, isNeeded }) => isNeeded && !ok)?.detail.slice(0, ERROR_LENGTH) ?? null;
    const reached = version === null ? {} : { version };
    return this.connections.note(saved, { lastError: fault, ...reached, ...(fault === null ? { lastOkMs: this.clock.now() } : {}) });
  }

  /** Whoever changes where the secret goes must know it: it could be led to a server of theirs. */
  private signInOf({ url: text, auth, clientId, secret }: JamfSignIn, saved: JamfConnection | null): JamfCredentials {
    const url = jamfOrigin(text) ?? refuse('/url', 'url must be the address of Jamf Pro without a path: https://example.jamfcloud.com.');
    if (secret !== undefined) return { url, auth, clientId, secret };
    if (!saved) return refuse('/secret', 'secret is missing.');
    if (saved.url !== url || saved.auth !== auth || saved.clientId !== clientId)
      return refuse('/secret', 'Give secret again: url, auth or client_id have changed.');
    return this.credentialsOf(saved);
  }
}
