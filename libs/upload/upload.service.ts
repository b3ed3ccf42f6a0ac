import { Injectable } from '@nestjs/common';
import { AsyncResource } from 'node:async_hooks';
import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import { ContentPublisher, type NewContent, type Published } from '#libs/packages/content-publisher.js';
import { checkFilename } from '#libs/packages/filename.js';
import { Config } from '#libs/platform/config/config.js';
import { PackageStore } from '#libs/platform/storage/package-store.js';
import type { Written } from '#libs/platform/storage/write-all.js';
import { BodyDigest } from './body-digest.js';
import { requirePlainBody } from './plain-body.js';
import { checkField, requireSha256, stageOf } from './upload-fields.js';
import { readUploadForm, type UploadForm } from './upload-form.js';
import { idleMs } from './upload-life.js';
import { UploadStaging } from './upload-staging.js';
import { UploadTooLarge } from './upload.errors.js';

interface Received extends Written {
  readonly stagingId: string;
  readonly filename: string;
}

/** Asked for in the URL; the form's fields may say the same. */
interface UploadRequest {
  readonly replace: boolean;
  readonly confirm: boolean;
}

/** A form in which the file has another field, and its name is said elsewhere. */
export interface NamedForm extends Pick<NewContent, 'stage' | 'replaces'> {
  readonly fileField: string;
  readonly isConfirmed: boolean;
  /** Is given every piece of the file as it arrives; what it throws ends the upload. */
  readonly onPiece: (piece: Buffer) => void;
  /** The name under which the file is stored. Throws a DomainError for fields that cannot be used. */
  filenameOf(fields: ReadonlyMap<string, string>): string;
}

/** What a form carries besides the file, in bytes, at most. */
const FORM_OVERHEAD = 256 * 1_024;

/** Takes uploads in that come as a form. */
@Injectable()
export class UploadService {
  constructor(
    private readonly store: PackageStore,
    private readonly staging: UploadStaging,
    private readonly publisher: ContentPublisher,
    private readonly config: Config,
  ) {}

  /** Resolves when the package is durable, here: the answer to the client may then say so. */
  async upload(request: IncomingMessage, asked: UploadRequest): Promise<Published> {
    const digest = BodyDigest.of(request.headers);
    await this.requireTakeable(request);
    return this.staging.during(async (stagingId) => {
      const form = await this.read(request, stagingId, digest);
      digest?.verify();
      return this.publish(form, asked);
    });
  }

  /** The same for a form of another protocol. */
  async receive(request: IncomingMessage, { fileField, filenameOf, onPiece, ...order }: NamedForm): Promise<Published> {
    await this.requireTakeable(request);
    return this.staging.during(async (stagingId) => {
      const file = (_name: string, stream: Readable): Promise<Written> => this.staging.receive(stagingId, () => stream, { onPiece });
      const form = await readUploadForm(request, { fileField, file, field: () => undefined }, idleMs(this.config));
      return this.publisher.publish({ stagingId, filename: filenameOf(form.fields), notes: null, ...order, ...form.file });
    });
  }

  private async requireTakeable({ headers }: IncomingMessage): Promise<void> {
    requirePlainBody(headers as Readonly<Record<string, string | undefined>>);
    const announced = Number(headers['content-length'] ?? 0);
    const { mostBytes } = this.staging;
    if (announced > mostBytes + FORM_OVERHEAD) throw new UploadTooLarge(mostBytes);
    await this.publisher.requireReady();
    await this.store.requireRoom(announced);
  }

  private read(request: IncomingMessage, stagingId: string, digest: BodyDigest | null): Promise<UploadForm<Received>> {
    const file = async (name: string, stream: Readable): Promise<Received> => {
      const filename = checkFilename(name);
      return { stagingId, filename, ...(await this.staging.receive(stagingId, () => stream)) };
    };
    const body = digest && ((piece: Buffer) => digest.update(piece));
    return readUploadForm(request, { file, ...(body ? { body } : {}), field: AsyncResource.bind(checkField) }, idleMs(this.config));
  }

  private async publish({ fields, file }: UploadForm<Received>, { replace, confirm }: UploadRequest): Promise<Published> {
    requireSha256(fields.get('sha256'), file.sha256);
    return this.publisher.publish({
      ...file,
      stage: stageOf(fields.get('stage')),
      notes: fields.get('notes') || null,
      replaces: replace || fields.get('replace') === 'true',
      isConfirmed: confirm || fields.get('confirm') === 'true',
    });
  }
}
