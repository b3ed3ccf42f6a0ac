import { Injectable } from '@nestjs/common';
import type { Content } from '#libs/entities/content.entity.js';
import type { Package } from '#libs/entities/package.entity.js';
import type { PackageVersion } from '#libs/entities/package-version.entity.js';
import { Config } from '#libs/platform/config/config.js';
import type { Write } from '#libs/replication/register.js';
import { writeFromWire } from '#libs/replication/wire-write.js';
import type { Draft } from './catalog/write-signer.js';
import { ContentRepository, statesOnDisk } from './content.repository.js';
import { type PackageAddress, PackageFinder } from './package-finder.js';
import { NothingToRestore } from './packages.errors.js';
import { PackageVersionRepository } from './package-version.repository.js';

export interface ListedVersion {
  readonly row: PackageVersion;
  readonly write: Write<'content'>;
  readonly isHere: boolean;
}

/** Contents of a name that are not in force: replaced, deleted, or lost in a conflict. */
@Injectable()
export class PackageVersions {
  constructor(
    private readonly versions: PackageVersionRepository,
    private readonly finder: PackageFinder,
    private readonly contents: ContentRepository,
    private readonly config: Config,
  ) {}

  /** How long deleted and replaced versions are kept, in days. */
  get retentionDays(): number {
    return this.config.get('RETENTION_DAYS');
  }

  /** By database id or by filename, also of deleted packages; the newest first. Throws PackageNotFound. */
  async list(address: PackageAddress): Promise<ListedVersion[]> {
    return this.listOf(await this.finder.findEntry(address));
  }

  /** Those of an entry; the newest first. */
  async listOf(row: Package): Promise<ListedVersion[]> {
    const rows = await this.versions.find(row.filenameKey);
    const earlier = rows.filter(({ uuid }) => row.deleted || uuid !== row.uuid);
    // A content that was restored and deleted again was displaced twice; the last time counts.
    return this.listed(earlier.filter(({ uuid }, index) => earlier.findIndex((each) => each.uuid === uuid) === index));
  }

  /** With what people read of them. */
  async listed(rows: readonly PackageVersion[]): Promise<ListedVersion[]> {
    const states = await this.contents.findStates(rows.map(({ uuid }) => uuid));
    return rows.map((row) => {
      const state = states.get(row.uuid);
      return { row, write: contentWrite(row), isHere: state !== undefined && statesOnDisk.includes(state) };
    });
  }

  /**
   * The content with which an entry comes back: the version with `uuid`, whose bytes are fetched when they are not here, or of those that this server
   * still has the one that was deleted, else the newest. Throws NothingToRestore.
   */
  async contentOf(current: Package, uuid?: string): Promise<NonNullable<Draft['content']>> {
    if (uuid !== undefined) {
      const version = current.deleted || current.uuid !== uuid ? await this.find(current.filenameKey, uuid) : null;
      if (!version) throw new NothingToRestore(current.filename);
      return { ...version.value, filename: version.filename };
    }
    const kept = await this.contents.findRestorable(current.filenameKey);
    const earlier = kept.filter(
      ({ uuid: known, state }) => (current.deleted || known !== current.uuid) && (state === 'superseded' || known === current.servedUuid),
    );
    // What was deleted is what was in force, which is not the newest upload when that had been taken back.
    const version = earlier.find(({ uuid: known }) => known === current.uuid) ?? earlier[0];
    if (!version) throw new NothingToRestore(current.filename);
    return draftOf(version);
  }

  /** The version of a name with this uuid; null when none is known. */
  private async find(key: string, uuid: string): Promise<Write<'content'> | null> {
    const version = (await this.versions.find(key)).find((row) => row.uuid === uuid);
    return version ? contentWrite(version) : null;
  }
}

function draftOf(version: Content): NonNullable<Draft['content']> {
  const { uuid, filename, size, sha1, sha256, manifestSha256, rootAlg, rootHash, createdMs, originIss } = version;
  const root = rootAlg && rootHash ? { algorithm: rootAlg, hash: rootHash } : null;
  return { uuid, filename, size, sha1, sha256: sha256 || null, manifestSha256, root, createdMs, originIss };
}

const contentWrite = ({ write }: PackageVersion): Write<'content'> => writeFromWire(JSON.parse(write)) as Write<'content'>;
