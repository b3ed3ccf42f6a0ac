import { Injectable, Logger } from '@nestjs/common';
import { setTimeout as sleep } from 'node:timers/promises';
import { Clock } from '#libs/platform/clock.js';
import { newHexId } from '#libs/platform/crypto/digest.js';
import { ResumableLocked } from './resumable.errors.js';
import { ResumableUploadRepository } from './resumable-upload.repository.js';

/** A process that did not renew its lease for this long has lost its uploads to the next caller. */
const LEASE_MS = 10_000;

/** Sees to it that one process at a time writes to an upload, also when another one was killed while it did. */
@Injectable()
export class UploadLeases {
  private readonly logger = new Logger(UploadLeases.name);
  readonly holder = newHexId();

  constructor(
    private readonly uploads: ResumableUploadRepository,
    private readonly clock: Clock,
  ) {}

  /** Runs `work` as the holder. Waits once for a holder that may be dead. Throws ResumableLocked. */
  async during<T>(id: string, work: () => Promise<T>): Promise<T> {
    await this.acquire(id);
    const beat = setInterval(() => this.prolong(id), LEASE_MS / 4);
    try {
      return await work();
    } finally {
      clearInterval(beat);
      await this.uploads.release(id, this.holder);
    }
  }

  private async acquire(id: string): Promise<void> {
    if (await this.hold(id)) return;
    const heldUntilMs = (await this.uploads.find(id))?.heldUntilMs ?? 0;
    await sleep(Math.max(0, Math.min(LEASE_MS, heldUntilMs - this.clock.now())) + 50);
    if (!(await this.hold(id))) throw new ResumableLocked();
  }

  /** Written by whoever is not the holder any more would be refused (`setReceived`), so a failure here is not fatal. */
  private prolong(id: string): void {
    this.hold(id).catch((error: unknown) => this.logger.warn(`The hold on an upload could not be prolonged: ${String(error)}`));
  }

  private hold(id: string): Promise<boolean> {
    const now = this.clock.now();
    return this.uploads.hold(id, this.holder, now, now + LEASE_MS);
  }
}
