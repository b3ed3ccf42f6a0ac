import { Injectable } from '@nestjs/common';
import { OidcSettings } from '#libs/entities/oidc-settings.entity.js';
import { Database } from '#libs/platform/database/database.js';

const ROW = { id: 1 };

/** Every query on the settings of the sign-in with an OpenID provider: one row, or none. */
@Injectable()
export class OidcSettingsRepository {
  constructor(private readonly db: Database) {}

  find(): Promise<OidcSettings | null> {
    return this.db.manager.findOneBy(OidcSettings, ROW);
  }

  /** As they are, and stay until the open transaction ends. */
  hold(): Promise<OidcSettings | null> {
    const { manager, forUpdate } = this.db;
    return manager.findOne(OidcSettings, { where: ROW, ...forUpdate });
  }

  async save(values: Omit<OidcSettings, 'id'>): Promise<void> {
    await this.db.manager.save(OidcSettings, { ...ROW, ...values });
  }
}
