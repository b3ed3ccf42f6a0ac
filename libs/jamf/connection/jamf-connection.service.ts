import { Injectable } from '@nestjs/common';
import { AuditTrail } from '#libs/audit/audit-trail.js';
import type { JamfAuth, JamfConnection } from '#libs/entities/jamf-connection.entity.js';
import { Clock } from '#libs/platform/clock.js';
import { SecretBox } from '#libs/platform/crypto/secret-box.js';
import { Database } from '#libs/platform/database/database.js';
import { InvalidRequest } from '#libs/platform/errors/common.errors.js';
import { JamfClients } from '../client/jamf-clients.js';
import type { JamfCredentials } from '../client/jamf-tokens.js';
import { JamfNotSetUp } from '../jamf.errors.js';
import { type ConnectionTested, testConnection } from './connection-test.js';
import { JamfConnectionRepository } from './jamf-connection.repository.js';
import { jamfOrigin } from './jamf-url.js';

export const JAMF_SECRET_PURPOSE = 'jamf secret';
const ERROR_LENGTH = 500;

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
    private readonly clients: JamfClients,
    private readonly box: SecretBox,
    private readonly audit: AuditTrail,
    private readonly clock: Clock,
  ) {}

  find(): Promise<JamfConnection | null> {
    return this.connections.find();
  }

  /** Throws InvalidRequest. */
  set(input: JamfSignIn): Promise<JamfConnection> {
    return this.db.transaction(async () => {
      const before = await this.connections.hold();
      const { url, secret } = this.signInOf(input, before);
      const { auth, clientId } = input;
      const isSameServer = before?.url === url;
      const contact = { version: isSameServer ? before.version : null, lastOkMs: isSameServer ? before.lastOkMs : null, lastError: null };
      const after = { url, auth, clientId, secret: this.box.seal(secret, JAMF_SECRET_PURPOSE), ...contact };
      await this.connections.save(after);
      const details = { before: before && shown(before), after: shown(after), secret_changed: input.secret !== undefined };
      await this.audit.record({ action: 'jamf.connection_updated', subject: url, details });
      return { id: 1, ...after };
    });
  }

  /** Forgets the connection here; nothing changes in Jamf Pro. Throws JamfNotSetUp. */
  remove(): Promise<void> {
    return this.db.transaction(async () => {
      const before = await this.connections.hold();
      if (!before) throw new JamfNotSetUp();
      await this.connections.remove();
      await this.audit.record({ action: 'jamf.connection_removed', subject: before.url, details: shown(before) });
    });
  }

  /** Tries a connection, with the saved secret when none is given. Never throws for what Jamf Pro says. Throws InvalidRequest. */
  async test(given: JamfSignIn): Promise<ConnectionTested> {
    const saved = await this.connections.find();
    const credentials = this.signInOf(given, saved);
    const tested = await testConnection(this.clients.prompt(credentials));
    if (saved && given.secret === undefined) await this.note(saved, tested); // it is the saved one that was tried
    const failed = tested.steps.filter(({ ok }) => !ok).map(({ name }) => name);
    await this.audit.record({ action: 'jamf.connection_tested', subject: credentials.url, details: { failed } });
    return tested;
  }

  private credentialsOf({ url, auth, clientId, secret }: JamfConnection): JamfCredentials {
    return { url, auth, clientId, secret: this.box.open(secret, JAMF_SECRET_PURPOSE) };
  }

  private note(saved: JamfConnection, { steps, version }: ConnectionTested): Promise<void> {
    const fault = steps.find(({ ok }) => !ok)?.detail.slice(0, ERROR_LENGTH) ?? null;
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
