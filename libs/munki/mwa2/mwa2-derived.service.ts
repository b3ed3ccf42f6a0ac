import { Injectable } from '@nestjs/common';
import type { IncomingMessage } from 'node:http';
import type { MadeDocument } from '#libs/downloads/download-answers.js';
import { Config } from '#libs/platform/config/config.js';
import { BodyTooLarge } from '#libs/platform/http/bodies/body-errors.js';
import { PLIST_LIMITS, type PlistValue } from '#libs/platform/plist/plist-value.js';
import { readPlist } from '#libs/platform/plist/read-plist.js';
import { whileBodyArrives } from '#libs/upload/raw/request-body.js';
import { UploadCut } from '#libs/upload/upload.errors.js';
import { idleMs } from '#libs/upload/upload-life.js';
import { MunkiCatalogs } from '../catalogs/munki-catalogs.js';
import { MunkiFileNotFound } from '../munki.errors.js';
import { Mwa2Refused } from './mwa2.errors.js';

/** Catalogs and hashes of icons, which this server makes of the files. */
@Injectable()
export class Mwa2Derived {
  constructor(
    private readonly catalogs: MunkiCatalogs,
    private readonly config: Config,
  ) {}

  /** Throws MunkiFileNotFound. */
  async document(path: string): Promise<MadeDocument> {
    const document = (await this.catalogs.current()).documents.get(path);
    if (!document) throw new MunkiFileNotFound(path);
    return document;
  }

  /** Throws MunkiFileNotFound or Mwa2Refused. */
  async values(path: string): Promise<PlistValue> {
    const { body } = await this.document(path);
    if (body.length > PLIST_LIMITS.bytes)
      throw new Mwa2Refused('ListTooLarge', 400, `${path} is too large for JSON. Ask for it with Accept: application/xml.`);
    return readPlist(body);
  }

  /** Reads a body to its end and keeps nothing of it. Throws BodyTooLarge, UploadCut or UploadStalled. */
  drop(request: IncomingMessage): Promise<void> {
    return whileBodyArrives(request, idleMs(this.config), (signal) => endOf(request, signal, this.config.get('MAX_UPLOAD_BYTES')));
  }
}

/** A pipeline would destroy the request, and the refusal with it. */
function endOf(request: IncomingMessage, signal: AbortSignal, mostBytes: number): Promise<void> {
  let bytes = 0;
  return new Promise((resolve, reject) => {
    if (request.readableEnded) return resolve();
    signal.addEventListener('abort', () => reject(signal.reason as Error));
    request.once('end', resolve).once('error', reject);
    request.once('close', () => reject(new UploadCut()));
    request.on('data', ({ length }: Buffer) => {
      bytes += length;
      if (bytes > mostBytes) reject(new BodyTooLarge(mostBytes));
    });
  });
}
