import { Injectable, Logger } from '@nestjs/common';
import type { Readable } from 'node:stream';
import { Clock } from '#libs/platform/clock.js';
import { Config } from '#libs/platform/config/config.js';
import { newHexId } from '#libs/platform/crypto/digest.js';
import { PackageStore } from '#libs/platform/storage/package-store.js';
import { writeAll, type Written } from '#libs/platform/storage/write-all.js';
import { MAX_CONTENT_BYTES } from '#libs/replication/blocks.js';
import { touchEveryMs, UPLOAD_PREFIX } from './upload-life.js';
import { UploadTooLarge } from './upload.errors.js';

export interface Reception {
  /** Is given every piece of the file. */
  readonly onPiece?: (piece: Buffer) => void;
  readonly signal?: AbortSignal;
}

/** The disk is asked again after so many bytes whether there is still room. */
const ROOM_CHECK_BYTES = 64 * 2 ** 20;

/** Where the file of an upload is until it is published: one pass, one copy on disk, nothing left behind when it fails. */
@Injectable()
export class UploadStaging {
  private readonly logger = new Logger(UploadStaging.name);

  constructor(
    private readonly store: PackageStore,
    private readonly config: Config,
    private readonly clock: Clock,
  ) {}

  /** Largest file that is taken, in bytes. */
  get mostBytes(): number {
    return Math.min(this.config.get('MAX_UPLOAD_BYTES'), MAX_CONTENT_BYTES);
  }

  /** Runs `work` with the name of a staging file, which is gone when it is over. */
  async during<T>(work: (stagingId: string) => Promise<T>): Promise<T> {
    const stagingId = `${UPLOAD_PREFIX}${newHexId()}`;
    const touches = setInterval(() => this.touch(stagingId), touchEveryMs(this.config));
    try {
      return await work(stagingId);
    } finally {
      clearInterval(touches);
      await this.store.discardStaging(stagingId);
    }
  }

  /**
   * Writes the file that `open` answers, which is called when there is somewhere to put it. Throws UploadTooLarge, DiskFull, and what
   * `writeAll` throws.
   */
  async receive(stagingId: string, open: () => Readable, { onPiece, signal }: Reception = {}): Promise<Written> {
    const staging = await this.store.createStaging(stagingId, null);
    const full = new AbortController();
    let nextCheck = ROOM_CHECK_BYTES;
    const admit = (bytes: number, piece: Buffer): void => {
      if (bytes > this.mostBytes) throw new UploadTooLarge(this.mostBytes);
      onPiece?.(piece);
      if (bytes < nextCheck) return;
      nextCheck += ROOM_CHECK_BYTES;
      this.store.requireRoom(piece.length).catch((error: unknown) => full.abort(error));
    };
    try {
      return await writeAll(open(), staging.writer, admit, signal ? AbortSignal.any([signal, full.signal]) : full.signal);
    } finally {
      await staging.close();
    }
  }

  /** Keeps the sweep of dead uploads away from a slow one. */
  private touch(stagingId: string): void {
    this.store
      .touchStaging(stagingId, this.clock.now())
      .catch((error: unknown) => this.logger.warn(`A staging file could not be touched: ${String(error)}`));
  }
}
