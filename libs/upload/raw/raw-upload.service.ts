import { Injectable } from '@nestjs/common';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { ServerIdentity } from '#libs/about/server-identity.js';
import { ContentPublisher, type NewContent, type Published } from '#libs/packages/content-publisher.js';
import { checkFilename } from '#libs/packages/filename.js';
import { requireStages } from '#libs/packages/stage-limit.js';
import { Config } from '#libs/platform/config/config.js';
import { PackageStore } from '#libs/platform/storage/package-store.js';
import { BodyDigest } from '../body-digest.js';
import type { RawUploadQueryDto } from '../dto/raw-upload.dto.js';
import { requireSha256 } from '../upload-fields.js';
import { idleMs } from '../upload-life.js';
import { UploadStaging } from '../upload-staging.js';
import { UploadEncoded, UploadMalformed, UploadTooLarge } from '../upload.errors.js';
import { preconditionOf } from './precondition.js';
import { whileBodyArrives } from './request-body.js';

/** What is said of a file besides its bytes. */
export interface NamedUpload extends Pick<NewContent, 'filename' | 'stage' | 'notes' | 'replaces'> {
  readonly isConfirmed: boolean;
  /** The SHA-256 that the file must have, 64 hexadecimal digits. */
  readonly sha256: string | undefined;
  /** Is given every piece as it arrives; what it throws ends the upload. */
  readonly onPiece?: (piece: Buffer) => void;
}

/** What artifact repositories call the header with the SHA-256 of the file. */
const CHECKSUM = 'x-checksum-sha256';

/** Takes uploads in whose body is the file: `curl -T`, scripts, build servers. */
@Injectable()
export class RawUploadService {
  constructor(
    private readonly store: PackageStore,
    private readonly staging: UploadStaging,
    private readonly publisher: ContentPublisher,
    private readonly identity: ServerIdentity,
    private readonly config: Config,
  ) {}

  /**
   * Resolves when the package is durable here. Throws UploadMalformed, UploadEncoded, UploadTooLarge, UploadPrecondition, FilenameTaken,
   * MassChangeUnconfirmed, DigestMismatch, UploadCut, UploadStalled or DiskFull; nothing is kept then.
   */
  upload(request: IncomingMessage, name: string, { stage, notes, replace, confirm, sha256 }: RawUploadQueryDto): Promise<Published> {
    const consent = { replaces: replace ?? false, isConfirmed: confirm ?? false };
    return this.receive(request, { filename: checkFilename(name), stage: stage ?? null, notes: notes || null, ...consent, sha256 });
  }

  /** The same for a name that was checked. */
  async receive(request: IncomingMessage, { sha256, onPiece: look, ...named }: NamedUpload): Promise<Published> {
    const { headers } = request;
    const { filename, stage } = named;
    requireStages(stage ?? (await this.identity.get()).stage);
    requirePlain(headers);
    const announced = this.announced(headers);
    const checksum = checksumOf(headers);
    const digest = BodyDigest.of(headers, true);
    const condition = preconditionOf(headers, filename);
    const replaces = named.replaces || (condition?.replaces ?? false);
    const expects = condition ? { expects: condition.expects } : {};
    await this.publisher.refuseTaken(filename, announced, replaces, condition?.expects);
    await this.store.requireRoom(announced ?? 0);
    return this.staging.during(async (stagingId) => {
      const onPiece = (piece: Buffer): void => {
        look?.(piece);
        digest?.update(piece);
      };
      const written = await whileBodyArrives(request, idleMs(this.config), (signal) =>
        this.staging.receive(stagingId, () => request, { onPiece, signal }),
      );
      digest?.verify(written.sha256);
      requireSha256(sha256, written.sha256, 'the parameter sha256');
      requireSha256(checksum, written.sha256, 'X-Checksum-Sha256');
      return this.publisher.publish({ stagingId, ...named, replaces, ...written, ...expects });
    });
  }

  /** Null for a body that comes in chunks. */
  private announced(headers: IncomingHttpHeaders): number | null {
    if (headers['content-length'] === undefined) return headers['transfer-encoding'] === undefined ? 0 : null;
    const bytes = Number(headers['content-length']);
    if (bytes > this.staging.mostBytes) throw new UploadTooLarge(this.staging.mostBytes);
    return bytes;
  }
}

/** What cannot be stored as it comes, or is a part only (RFC 9110 section 14.5). */
function requirePlain(headers: IncomingHttpHeaders): void {
  const encoding = headers['content-encoding'];
  if (encoding !== undefined && encoding.trim().toLowerCase() !== 'identity') throw new UploadEncoded(encoding);
  if (headers['content-range'] !== undefined)
    throw new UploadMalformed('A part of a file cannot be sent with PUT; resumable uploads take parts.');
}

function checksumOf(headers: IncomingHttpHeaders): string | undefined {
  const value = headers[CHECKSUM];
  if (value === undefined) return undefined;
  if (typeof value !== 'string' || !/^[0-9a-f]{64}$/i.test(value))
    throw new UploadMalformed('X-Checksum-Sha256 must be 64 hexadecimal digits.');
  return value;
}
