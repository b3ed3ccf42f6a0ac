import { Injectable } from '@nestjs/common';
import { MailSettings } from '#libs/entities/mail-settings.entity.js';
import type { EventType } from '#libs/events/event-types.js';
import { Database } from '#libs/platform/database/database.js';

const ROW = { id: 1 };

/** Events that need attention: sent by default. */
const needsAttention: readonly EventType[] = [
  'package.sync_failed',
  'package.quarantined',
  'package.copies_low',
  'package.copies_none',
  'package.signer_changed',
  'peer.unreachable',
  'peer.reachable',
  'peer.entry_refused',
  'server.key_changed',
  'deletes.held',
  'disk.low',
  'sign_in.locked_out',
];

const untouched: Omit<MailSettings, 'id'> = {
  ...{ enabled: false, host: '', port: 587, security: 'starttls', verifyCertificate: true, username: null, password: null },
  ...{ sender: '', recipients: '', events: needsAttention.join(','), digestMinutes: 5, notifiedUpTo: 0, lastSentMs: null, lastError: null },
};

/** Every query on the settings of e-mail: one row, made when it is first changed. */
@Injectable()
export class MailSettingsRepository {
  constructor(private readonly db: Database) {}

  async find(): Promise<MailSettings> {
    return (await this.db.manager.findOneBy(MailSettings, ROW)) ?? { ...ROW, ...untouched };
  }

  /** As they are, and stay until the open transaction ends. */
  async hold(): Promise<MailSettings> {
    const { manager, forUpdate } = this.db;
    const known = await manager.findOne(MailSettings, { where: ROW, ...forUpdate });
    if (known) return known;
    await this.db.insertNew(MailSettings, [{ ...ROW, ...untouched }]);
    return manager.findOneOrFail(MailSettings, { where: ROW, ...forUpdate });
  }

  async update(change: Partial<Omit<MailSettings, 'id'>>): Promise<void> {
    await this.db.manager.update(MailSettings, ROW, change);
  }
}
