import { Injectable } from '@nestjs/common';
import { AuditTrail } from '#libs/audit/audit-trail.js';
import { Database } from '#libs/platform/database/database.js';
import { InvalidRequest } from '#libs/platform/errors/common.errors.js';
import { Jobs } from '#libs/platform/jobs/jobs.js';
import { ServerChanged, ServerStageChanged } from './about.jobs.js';
import type { UpdateAboutDto } from './dto/about.dto.js';
import { type Identity, type IdentityChange, newRegistrationKey, ServerIdentity } from './server-identity.js';
import { checkServerName } from './server-name.js';
import { checkServerUrl } from './server-url.js';

/** What stood in the fields that a change is about. */
const pick = (before: Identity, change: IdentityChange): IdentityChange =>
  Object.fromEntries(Object.keys(change).map((field) => [field, before[field as keyof IdentityChange]]));

/** Reads and changes this server's settings. */
@Injectable()
export class AboutService {
  constructor(
    private readonly identity: ServerIdentity,
    private readonly db: Database,
    private readonly jobs: Jobs,
    private readonly audit: AuditTrail,
  ) {}

  get(): Promise<Identity> {
    return this.identity.read();
  }

  async update(input: UpdateAboutDto): Promise<Identity> {
    const change = this.changeOf(input);
    return this.db.transaction(async () => {
      const before = await this.identity.hold();
      const after = await this.identity.change(change);
      await this.jobs.add(ServerChanged, {}, { key: 'self' });
      if (after.stage !== before.stage) await this.jobs.add(ServerStageChanged, {}, { key: 'self' });
      await this.audit.record({ action: 'server.updated', subject: after.name, details: { before: pick(before, change), after: change } });
      return after;
    });
  }

  /** Registrations made with the old key stay: peers know each other by their own keys (MESH §8). */
  async rotateKey(): Promise<Identity> {
    return this.db.transaction(async () => {
      const after = await this.identity.change({ registrationKey: newRegistrationKey() });
      await this.audit.record({ action: 'server.key_rotated', subject: after.name });
      return after;
    });
  }

  private changeOf({ name, url, stage, firewalled_mode: firewalledMode, iss, key }: UpdateAboutDto): IdentityChange {
    if (iss !== undefined) throw new InvalidRequest([{ pointer: '/iss', detail: 'The iss of a server cannot be changed.' }]);
    if (key !== undefined)
      throw new InvalidRequest([{ pointer: '/key', detail: 'The key cannot be set. Use rotate_key to get a new one.' }]);
    const change: { -readonly [K in keyof IdentityChange]: IdentityChange[K] } = {};
    if (name !== undefined) {
      const checked = checkServerName(name);
      if ('fault' in checked) throw new InvalidRequest([{ pointer: '/name', detail: checked.fault }]);
      change.name = checked.name;
    }
    if (stage !== undefined) change.stage = stage;
    if (firewalledMode !== undefined) change.firewalledMode = firewalledMode;
    if (url !== undefined) {
      const checked = checkServerUrl(url.trim());
      if ('fault' in checked) throw new InvalidRequest([{ pointer: '/url', detail: checked.fault }]);
      change.url = checked.url;
    }
    return change;
  }
}
