import { Injectable, Logger } from '@nestjs/common';
import { AsyncResource } from 'node:async_hooks';
import type { IncomingMessage } from 'node:http';
import { ServerIdentity } from '#libs/about/server-identity.js';
import { ContentPublisher, type Published } from '#libs/packages/content-publisher.js';
import { checkFilename } from '#libs/packages/filename.js';
import { Clock } from '#libs/platform/clock.js';
import { Config } from '#libs/platform/config/config.js';
import { newHexId } from '#libs/platform/crypto/digest.js';
import { PackageStore } from '#libs/platform/storage/package-store.js';
import { writeAll, type Written } from '#libs/platform/storage/write-all.js';
import { BodyDigest } from './body-digest.js';
import { checkField, requireSha256, stageOf } from './upload-fields.js';
import { readUploadForm, type UploadForm } from './upload-form.js';
import { idleMs, touchEveryMs, UPLOAD_PREFIX } from './upload-life.js';
import { UploadTooLarge } from './upload.errors.js';

interface Received extends Written {
  readonly stagingId: string;
  readonly filename: string;
}

/** What a form carries besides the file, in bytes, at most. */
const FORM_OVERHEAD = 256 * 1_024;
/** The disk is asked again after so many bytes whether there is still room. */
const ROOM_CHECK_BYTES = 64 * 2 ** 20;

/** Takes uploads in: one pass, one copy on disk, nothing left behind when it fails. */
@Injectable()
export class UploadService {
  private readonly logger = new Logger(UploadService.name);

  constructor(
    private readonly store: PackageStore,
    private readonly publisher: ContentPublisher,
    private readonly identity: ServerIdentity,
    private readonly config: Config,
    private readonly clock: Clock,
  ) {}

  /** Resolves when the package is durable, here: the answer to the client may then say so. */
  async upload(request: IncomingMessage, replaces: boolean): Promise<Published> {
    const announced = Number(request.headers['content-length'] ?? 0);
    if (announced > this.mostBytes + FORM_OVERHEAD) throw new UploadTooLarge(this.mostBytes);
    const digest = BodyDigest.of(request.headers);
    await this.store.requireRoom(announced);
    const stagingId = `${UPLOAD_PREFIX}${newHexId()}`;
    try {
      const form = await this.read(request, stagingId, digest);
      digest?.verify();
      return await this.publish(form, replaces);
    } finally {
      await this.store.discardStaging(stagingId);
    }
  }

  private async read(request: IncomingMessage, stagingId: string, digest: BodyDigest | null): Promise<UploadForm<Received>> {
    const touches = setInterval(() => this.touch(stagingId), touchEveryMs(this.config));
    const file = async (name: string, stream: AsyncIterable<Buffer>) => this.receive(stagingId, checkFilename(name), stream);
    try {
      const body = (piece: Buffer) => digest?.update(piece);
      return await readUploadForm(request, { file, body, field: AsyncResource.bind(checkField) }, idleMs(this.config));
    } finally {
      clearInterval(touches);
    }
  }

  /** Keeps the sweep of dead uploads away from a slow one. */
  private touch(stagingId: string): void {
    this.store
      .touchStaging(stagingId, this.clock.now())
      .catch((error: unknown) => this.logger.warn(`A staging file could not be touched: ${String(error)}`));
  }

  private async receive(stagingId: string, filename: string, stream: AsyncIterable<Buffer>): Promise<Received> {
    const staging = await this.store.createStaging(stagingId, null);
    try {
      return { stagingId, filename, ...(await writeAll(this.withRoom(stream), staging.writer, (bytes) => this.admit(bytes))) };
    } finally {
      await staging.close();
    }
  }

  /** Passes the stream on, and looks now and then that the reserve is not eaten. */
  private async *withRoom(stream: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    let untilCheck = ROOM_CHECK_BYTES;
    for await (const piece of stream) {
      untilCheck -= piece.length;
      if (untilCheck <= 0) {
        await this.store.requireRoom(piece.length);
        untilCheck = ROOM_CHECK_BYTES;
      }
      yield piece;
    }
  }

  private admit(bytes: number): void {
    if (bytes > this.mostBytes) throw new UploadTooLarge(this.mostBytes);
  }

  /** Without a stage the package is for this server's own: it is served where it was uploaded. */
  private async publish({ fields, file }: UploadForm<Received>, replaces: boolean): Promise<Published> {
    requireSha256(fields.get('sha256'), file.sha256);
    return this.publisher.publish({
      ...file,
      stage: stageOf(fields.get('stage')) ?? (await this.identity.get()).stage,
      notes: fields.get('notes') || null,
      replaces: replaces || fields.get('replace') === 'true',
    });
  }

  private get mostBytes(): number {
    return this.config.get('MAX_UPLOAD_BYTES');
  }
}
