import { Injectable } from '@nestjs/common';
import type { PackageVersion } from '#libs/entities/package-version.entity.js';
import { Config } from '#libs/platform/config/config.js';
import type { Write } from '#libs/replication/register.js';
import { writeFromWire } from '#libs/replication/wire-write.js';
import { ContentRepository, statesOnDisk } from './content.repository.js';
import { type PackageAddress, PackageFinder } from './package-finder.js';
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
    const row = await this.finder.findEntry(address);
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

  /** The version of a name with this uuid; null when none is known. */
  async find(key: string, uuid: string): Promise<Write<'content'> | null> {
    const version = (await this.versions.find(key)).find((row) => row.uuid === uuid);
    return version ? contentWrite(version) : null;
  }
}

const contentWrite = ({ write }: PackageVersion): Write<'content'> => writeFromWire(JSON.parse(write)) as Write<'content'>;
