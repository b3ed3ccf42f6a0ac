import { Injectable, Logger } from '@nestjs/common';
import { Clock } from '#libs/platform/clock.js';
import { isDatabaseLoss } from '#libs/platform/database/database-outage.js';
import { DownloadCredentialRepository } from './download-credential.repository.js';

const EVERY_MS = 60_000;

/** Remembers when a credential was used last: once a minute, and beside the download. */
@Injectable()
export class CredentialUses {
  private readonly logger = new Logger(CredentialUses.name);
  private readonly noted = new Map<number, number>();

  constructor(
    private readonly rows: DownloadCredentialRepository,
    private readonly clock: Clock,
  ) {}

  note(id: number): void {
    const now = this.clock.now();
    if (now - (this.noted.get(id) ?? 0) < EVERY_MS) return;
    this.noted.set(id, now);
    this.rows.noteUse(id, now).catch((error: unknown) => {
      this.noted.delete(id); // the next download tries again
      if (!isDatabaseLoss(error)) this.logger.warn({ msg: 'The use of a download credential could not be noted.', err: error });
    });
  }
}
