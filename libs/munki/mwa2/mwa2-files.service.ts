import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { checkMunkiPath } from '#libs/packages/filename.js';
import { MUNKI_PREFIX } from '#libs/replication/space.js';
import { UploadService } from '#libs/upload/upload.service.js';
import { MUNKI_STAGE, MunkiFiles } from '../files/munki-files.service.js';
import { pngWatch } from './flattened.js';
import type { Mwa2Answer } from './mwa2-api.js';
import { isConfirmed, methodOf, type Mwa2Target, nameOf, repositoryPath, requireWritable } from './mwa2-target.js';
import { Mwa2Refused } from './mwa2.errors.js';

/** The field of MWA2's form. */
const FILE_FIELD = 'filedata';

/** Installers and icons as MWA2 takes them. */
@Injectable()
export class Mwa2Files {
  constructor(
    private readonly files: MunkiFiles,
    private readonly uploads: UploadService,
  ) {}

  /** Throws Mwa2Refused, MunkiFileFlattened, and what UploadService and MunkiFiles do. */
  async write(target: Mwa2Target, request: FastifyRequest): Promise<Mwa2Answer> {
    const method = methodOf(request);
    if (method === 'PATCH') throw new Mwa2Refused('NotAllowed', 405, 'This method is not supported.');
    if (method === 'DELETE') {
      await this.files.remove(repositoryPath(target), isConfirmed(request.query));
      return { status: 204 };
    }
    const filename = method === 'POST' ? await this.takeForm(target, request) : await this.takeBytes(target, request);
    return { status: 200, value: new Map([['filename', filename]]) };
  }

  /** Another content under the name is not replaced: 409. */
  private async takeForm(target: Mwa2Target, request: FastifyRequest): Promise<string> {
    const { kind, path } = target;
    let named = path;
    await this.uploads.receive(request.raw, {
      fileField: FILE_FIELD,
      stage: MUNKI_STAGE,
      replaces: false,
      isConfirmed: isConfirmed(request.query),
      onPiece: watchOf(target),
      filenameOf: (fields) => {
        named = nameOf(path, fields.get('filename'));
        requireWritable('POST', { kind, path: named });
        return MUNKI_PREFIX + checkMunkiPath(repositoryPath({ kind, path: named }));
      },
    });
    return named;
  }

  private async takeBytes(target: Mwa2Target, request: FastifyRequest): Promise<string> {
    const { headers } = request.raw;
    if (headers['transfer-encoding'] === undefined && Number(headers['content-length'] ?? 0) === 0)
      throw new Mwa2Refused('BadRequest', 400, 'Missing filename or filedata.');
    await this.files.put(request.raw, repositoryPath(target), { confirm: isConfirmed(request.query), onPiece: watchOf(target) });
    return target.path;
  }
}

const watchOf = ({ kind }: Mwa2Target): ((piece: Buffer) => void) => (kind === 'icons' ? pngWatch() : () => undefined);
