import { Injectable } from '@nestjs/common';
import type { IncomingMessage } from 'node:http';
import { ServerIdentity } from '#libs/about/server-identity.js';
import { ContentPublisher, type Published } from '#libs/packages/content-publisher.js';
import { checkFilename } from '#libs/packages/filename.js';
import { Config } from '#libs/platform/config/config.js';
import { newHexId } from '#libs/platform/crypto/digest.js';
import { InvalidRequest } from '#libs/platform/errors/common.errors.js';
import { PackageStore } from '#libs/platform/storage/package-store.js';
import { writeAll, type Written } from '#libs/platform/storage/write-all.js';
import { stages, type Stage } from '#libs/replication/stage.js';
import { readUploadForm, type UploadForm } from './upload-form.js';
import { UploadTooLarge } from './upload.errors.js';

interface Received extends Written {
  readonly stagingId: string;
  readonly filename: string;
}

/** What a form carries besides the file, in bytes, at most. */
const FORM_OVERHEAD = 256 * 1_024;
const MAX_NOTES = 2_000;
/** The disk is asked again after so many bytes whether there is still room. */
const ROOM_CHECK_BYTES = 64 * 2 ** 20;
export const UPLOAD_PREFIX = 'upload-';

/** Takes uploads in: one pass, one copy on disk, nothing left behind when it fails. */
@Injectable()
export class UploadService {
  constructor(
    private readonly store: PackageStore,
    private readonly publisher: ContentPublisher,
    private readonly identity: ServerIdentity,
    private readonly config: Config,
  ) {}

  /** Resolves when the package is durable, here: the answer to the client may then say so. */
  async upload(request: IncomingMessage, replaces: boolean): Promise<Published> {
    const announced = Number(request.headers['content-length'] ?? 0);
    if (announced > this.mostBytes + FORM_OVERHEAD) throw new UploadTooLarge(this.mostBytes);
    await this.store.requireRoom(announced);
    let stagingId: string | undefined;
    try {
      const form = await readUploadForm(request, (name, stream) => {
        const filename = checkFilename(name);
        stagingId = `${UPLOAD_PREFIX}${newHexId()}`;
        return this.receive(stagingId, filename, stream);
      });
      return await this.publish(form, replaces);
    } finally {
      if (stagingId !== undefined) await this.store.discardStaging(stagingId);
    }
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

  private async publish({ fields, file }: UploadForm<Received>, replaces: boolean): Promise<Published> {
    return this.publisher.publish({
      ...file,
      stage: await this.stageOf(fields.get('stage')),
      notes: this.notesOf(fields.get('notes')),
      replaces: replaces || fields.get('replace') === 'true',
    });
  }

  /** Without a stage the package is for this server's own: it is served where it was uploaded. */
  private async stageOf(text: string | undefined): Promise<Stage> {
    if (text === undefined || text === '') return (await this.identity.get()).stage;
    const stage = stages.find((known) => known === text);
    if (!stage) throw new InvalidRequest([{ pointer: '/stage', detail: `stage must be one of ${stages.join(', ')}.` }]);
    return stage;
  }

  private notesOf(text: string | undefined): string | null {
    if (text !== undefined && text.length > MAX_NOTES) throw new InvalidRequest([{ pointer: '/notes', detail: `notes may have at most ${MAX_NOTES} characters.` }]);
    return text === undefined || text === '' ? null : text;
  }

  private get mostBytes(): number {
    return this.config.get('MAX_UPLOAD_BYTES');
  }
}
