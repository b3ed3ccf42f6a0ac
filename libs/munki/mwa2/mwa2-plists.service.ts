import { Injectable } from '@nestjs/common';
import type { Package } from '#libs/entities/package.entity.js';
import { filenameKey } from '#libs/packages/filename.js';
import { FilenameTaken } from '#libs/packages/packages.errors.js';
import { PackageRepository } from '#libs/packages/package.repository.js';
import { isDict, PlistError, type PlistDict } from '#libs/platform/plist/plist-value.js';
import { readPlist } from '#libs/platform/plist/read-plist.js';
import { writePlist } from '#libs/platform/plist/write-plist.js';
import { MUNKI_PREFIX } from '#libs/replication/space.js';
import { MOST_READ_BYTES, READING_LIMITS } from '../catalogs/reading-limits.js';
import { MunkiDocuments } from '../files/munki-documents.js';
import { MunkiFiles } from '../files/munki-files.service.js';
import { MunkiFileNotFound } from '../munki.errors.js';
import type { Mwa2Answer } from './mwa2-api.js';
import { type Mwa2Body, readMwa2Body } from './mwa2-body.js';
import { methodOf, type Mwa2Method, type Mwa2Target, nameOf, repositoryPath } from './mwa2-target.js';
import { Mwa2Refused } from './mwa2.errors.js';

/** A write to a manifest or pkginfo file. */
export interface Mwa2PlistWrite {
  readonly method: string;
  readonly headers: Parameters<typeof methodOf>[0]['headers'];
  readonly body: unknown;
  /** That it is one of many changes within a short time is meant. */
  readonly isConfirmed: boolean;
}

/** How often a change is made again when another one was quicker. */
const ATTEMPTS = 3;

class ChangedMeanwhile extends Error {}

/** Manifests and pkginfo files as MWA2 gives and takes them. */
@Injectable()
export class Mwa2Plists {
  constructor(
    private readonly documents: MunkiDocuments,
    private readonly files: MunkiFiles,
    private readonly packages: PackageRepository,
  ) {}

  /** The values of a file. Throws MunkiFileNotFound, and Mwa2Refused for one that is no property list. */
  async read(target: Mwa2Target): Promise<PlistDict> {
    return (await this.current(target)).dict;
  }

  /** Throws Mwa2Refused, MunkiFileFlattened, MunkiFileNotFound, FilenameTaken, and what MunkiDocuments and MunkiFiles do. */
  async write(target: Mwa2Target, request: Mwa2PlistWrite): Promise<Mwa2Answer> {
    const method = methodOf(request);
    if (method === 'DELETE') {
      await this.files.remove(repositoryPath(target), request.isConfirmed);
      return { status: 204 };
    }
    const body = readMwa2Body(request.body, request.headers['content-type']);
    if (method === 'POST') return this.create(target, body);
    if (body === null || body.dict.size === 0) throw new Mwa2Refused('NoRequestBody', 400, 'Request body was empty or missing valid data.');
    return { status: 200, value: await this.put(method, target, body, request.isConfirmed) };
  }

  private async create({ kind, path }: Mwa2Target, body: Mwa2Body | null): Promise<Mwa2Answer> {
    const given = body?.dict.get('filename');
    if (given !== undefined && typeof given !== 'string') throw new Mwa2Refused('BadRequest', 400, 'The filename must be a text.');
    const place = repositoryPath({ kind, path: nameOf(path, given) });
    const file = contentOf(body ?? { dict: new Map(), xml: null });
    const expects = (current: Package | null): void => {
      if (current) throw new FilenameTaken(place);
    };
    await this.documents.write(place, file.bytes, { replaces: false, expects });
    return { status: 201, value: file.dict };
  }

  private async put(method: Mwa2Method, target: Mwa2Target, body: Mwa2Body, isConfirmed: boolean): Promise<PlistDict> {
    if (method === 'PATCH') return this.merge(target, contentOf(body).dict, isConfirmed);
    const { dict, bytes } = contentOf(body);
    await this.documents.write(repositoryPath(target), bytes, { replaces: true, isConfirmed });
    return dict;
  }

  /** Key by key, at the top; what another writer changes meanwhile is not lost. */
  private async merge(target: Mwa2Target, changes: PlistDict, isConfirmed: boolean): Promise<PlistDict> {
    for (let attempt = 1; ; attempt += 1) {
      const { dict: before, sha256, isInForce } = await this.current(target);
      if (!isInForce) throw new Mwa2Refused('FileWriteError', 409, 'A newer content of the file is on its way to this server. Try again.');
      const dict: PlistDict = new Map([...before, ...changes]);
      const expects = (current: Package | null): void => {
        if (current?.sha256 !== sha256) throw new ChangedMeanwhile();
      };
      try {
        await this.documents.write(repositoryPath(target), written(dict), { replaces: true, expects, isConfirmed });
        return dict;
      } catch (error) {
        if (!(error instanceof ChangedMeanwhile)) throw error;
        if (attempt === ATTEMPTS) throw new Mwa2Refused('FileWriteError', 409, 'The file is being changed by others. Try again.');
      }
    }
  }

  /** What clients of this server get; it is not in force while its replacement is on its way. */
  private async current(target: Mwa2Target): Promise<{ dict: PlistDict; sha256: string; isInForce: boolean }> {
    const place = repositoryPath(target);
    const row = await this.packages.findByKey(filenameKey(MUNKI_PREFIX + place));
    if (!row || row.deleted || row.servedUuid === null) throw new MunkiFileNotFound(place);
    if (row.size > MOST_READ_BYTES) throw unreadable(place);
    try {
      const dict = readPlist(await this.documents.read(row.servedUuid), READING_LIMITS);
      if (!isDict(dict)) throw unreadable(place);
      return { dict, sha256: row.sha256, isInForce: row.servedUuid === row.uuid };
    } catch (error) {
      throw error instanceof PlistError ? unreadable(place) : error;
    }
  }
}

const unreadable = (place: string): Mwa2Refused =>
  new Mwa2Refused('FileReadError', 403, `${place} is no property list with a dictionary of at most ${MOST_READ_BYTES / 2 ** 20} MiB.`);

/** Throws Mwa2Refused for values that no property list holds. */
function written(dict: PlistDict): Buffer {
  try {
    const bytes = writePlist(dict, { sortKeys: false });
    if (bytes.length <= MOST_READ_BYTES) return bytes;
    throw new Mwa2Refused('FileTooLarge', 413, `As a property list it would be larger than ${MOST_READ_BYTES / 2 ** 20} MiB.`);
  } catch (error) {
    throw error instanceof PlistError ? new Mwa2Refused('BadRequest', 400, error.message) : error;
  }
}

/** Without the name of the file, which is no part of it. */
function contentOf({ dict: given, xml }: Mwa2Body): { dict: PlistDict; bytes: Buffer } {
  const dict = new Map([...given].filter(([key]) => key !== 'filename'));
  return { dict, bytes: xml !== null && dict.size === given.size ? xml : written(dict) };
}
