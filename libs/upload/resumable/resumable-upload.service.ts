import { Injectable } from '@nestjs/common';
import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Principal } from '#libs/platform/admin-api/principal.js';
import type { ResumableUpload } from '#libs/entities/resumable-upload.entity.js';
import { Clock } from '#libs/platform/clock.js';
import { Config } from '#libs/platform/config/config.js';
import { AppendWriter, StagingCutShort } from '#libs/platform/storage/append-writer.js';
import { PackageStore } from '#libs/platform/storage/package-store.js';
import { idleMs } from '../upload-life.js';
import { UploadCut, UploadStalled, UploadTooLong } from '../upload.errors.js';
import { OpenUploads } from './open-uploads.js';
import { requestPieces } from './request-pieces.js';
import { ResumableEnd } from './resumable-end.js';
import { ChecksumMismatch, OffsetConflict, ResumableGone, ResumableNotFound, UploadInterrupted } from './resumable.errors.js';
import { expiryOf, ownerOf, type Progress, stagingOf } from './resumable-life.js';
import { ResumableUploadRepository } from './resumable-upload.repository.js';
import type { Checksum } from './tus-headers.js';
import { UploadLeases } from './upload-leases.js';

/** What a request brings. */
export interface Portion {
  readonly offset: number;
  readonly checksum: Checksum | null;
  readonly request: IncomingMessage;
}

/** After so many bytes what has arrived is made safe, and the disk is asked whether there is still room. */
const CHECKPOINT_BYTES = 64 * 2 ** 20;

/** The bytes of a broken request count up to where it broke. */
const isKept = (error: unknown): boolean =>
  error instanceof UploadCut || error instanceof UploadStalled || error instanceof UploadInterrupted;

/**
 * Resumes uploads. What a client was acknowledged is on the disk; the whole length is only acknowledged
 * when the package is there.
 */
@Injectable()
export class ResumableUploadService {
  constructor(
    private readonly uploads: ResumableUploadRepository,
    private readonly leases: UploadLeases,
    private readonly open: OpenUploads,
    private readonly end: ResumableEnd,
    private readonly store: PackageStore,
    private readonly config: Config,
    private readonly clock: Clock,
  ) {}

  /** Where to go on. Ends a request that is still writing: its client has come back. Throws ResumableNotFound, ResumableGone. */
  async progress(id: string, caller: Principal): Promise<Progress> {
    await this.find(id, caller);
    await this.open.interrupt(id);
    const upload = await this.find(id, caller);
    if (upload.received < upload.size) await this.requireBytes(upload);
    return { upload, published: null };
  }

  /** Takes in what a request brings. Throws OffsetConflict, ResumableLocked, ChecksumMismatch, and what publishing throws. */
  async append(id: string, caller: Principal, portion: Portion): Promise<Progress> {
    await this.find(id, caller);
    return this.open.exclusively(id, (signal) =>
      this.leases.during(id, async () => {
        const upload = await this.find(id, caller); // as the one who wrote before left it
        if (upload.received !== portion.offset) throw new OffsetConflict(upload.received);
        const announced = Number(portion.request.headers['content-length'] ?? 0);
        if (upload.received + announced > upload.size) throw new UploadTooLong(upload.size);
        if (upload.received === upload.size && upload.size > 0) return { upload, published: null };
        return this.advance(upload, await this.writerOf(upload), portion, signal);
      }),
    );
  }

  /** Removes an upload with what was received. The package of one that is whole stays. */
  async remove(id: string, caller: Principal): Promise<void> {
    await this.find(id, caller);
    await this.open.interrupt(id);
    await this.open.exclusively(id, () =>
      this.leases.during(id, async () => {
        await this.open.take(id)?.close();
        await this.end.forget(id);
      }),
    );
  }

  private async advance(upload: ResumableUpload, writer: AppendWriter, portion: Portion, signal: AbortSignal): Promise<Progress> {
    try {
      await this.receive(upload, writer, portion, signal);
    } catch (error) {
      const isUseful = portion.checksum === null && isKept(error);
      if (isUseful && writer.size === upload.size) return this.end.publish(upload, writer);
      if (isUseful) await this.save(upload, writer, true);
      else await writer.close();
      throw error;
    }
    return writer.size === upload.size ? this.end.publish(upload, writer) : this.save(upload, writer, true);
  }

  /** With a checksum nothing counts before the last byte has come. */
  private async receive(upload: ResumableUpload, writer: AppendWriter, { request, checksum }: Portion, signal: AbortSignal): Promise<void> {
    const hash = checksum && createHash(checksum.algorithm);
    let safe = writer.size;
    for await (const piece of requestPieces(request, signal, idleMs(this.config))) {
      if (writer.size + piece.length > upload.size) throw new UploadTooLong(upload.size);
      hash?.update(piece);
      await writer.append(piece);
      if (writer.size - safe < CHECKPOINT_BYTES || writer.size === upload.size) continue;
      await this.store.requireRoom(1);
      if (!hash) await this.save(upload, writer, false);
      safe = writer.size;
    }
    if (hash && !hash.digest().equals(checksum!.digest)) throw new ChecksumMismatch();
  }

  /** First the disk, then the database, then the client. */
  private async save(upload: ResumableUpload, writer: AppendWriter, isDone: boolean): Promise<Progress> {
    try {
      await writer.settle();
      const saved = { ...upload, received: writer.size, expiresMs: expiryOf(this.config, this.clock.now()) };
      const { id, received, expiresMs } = saved;
      if (!(await this.uploads.setReceived(id, this.leases.holder, received, expiresMs))) throw new ResumableGone();
      if (isDone) this.open.keep(id, writer);
      return { upload: saved, published: null };
    } catch (error) {
      if (isDone) await writer.close(); // otherwise whoever receives closes it
      throw error;
    }
  }

  /** The writer that the last request here left, unless another process has written since; else the file is opened again. */
  private async writerOf({ id, received }: ResumableUpload): Promise<AppendWriter> {
    const left = this.open.take(id);
    if (left?.size === received) return left;
    await left?.close();
    const staging = await this.store.openStaging(stagingOf(id));
    if (!staging) throw new ResumableGone();
    try {
      return await AppendWriter.open(staging, received);
    } catch (error) {
      await staging.close();
      throw error instanceof StagingCutShort ? new ResumableGone() : error;
    }
  }

  private async requireBytes({ id }: ResumableUpload): Promise<void> {
    const handle = await this.store.readStaging(stagingOf(id));
    if (!handle) throw new ResumableGone();
    await handle.close();
  }

  private async find(id: string, caller: Principal): Promise<ResumableUpload> {
    const upload = /^[0-9a-f]{32}$/.test(id) ? await this.uploads.find(id) : null;
    if (upload?.owner !== ownerOf(caller)) throw new ResumableNotFound();
    if (upload.expiresMs <= this.clock.now()) throw new ResumableGone();
    return upload;
  }
}
