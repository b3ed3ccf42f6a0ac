import { Injectable } from '@nestjs/common';
import { Content } from '#libs/entities/content.entity.js';
import { PackageVersion } from '#libs/entities/package-version.entity.js';
import { Package } from '#libs/entities/package.entity.js';
import { likePattern } from '#libs/packages/like-pattern.js';
import { Database } from '#libs/platform/database/database.js';
import { exists } from '#libs/platform/database/exists.js';
import { MUNKI_PREFIX } from '#libs/replication/space.js';
import { wallMsIn } from '#libs/replication/stamp.js';

export interface FileFilter {
  /** A folder at the top. */
  readonly kind?: string;
  /** Part of a path, case-folded. */
  readonly contains?: string;
  /** Those that were deleted and of which a version is known, instead of those that are there. */
  readonly isDeleted?: boolean;
}

/** A file as clients get it. */
export interface ServedFile {
  /** Name with its space. */
  readonly filename: string;
  readonly uuid: string;
  readonly sha256: string;
  readonly size: number;
  /** When this content came into force under the name, also again, epoch milliseconds. */
  readonly changedMs: number;
}

/** Changes whenever clients could get something else. */
export interface RepositoryState {
  readonly seq: number;
  readonly served: number;
}

/** What is selected of it. */
interface ServedRow extends Omit<ServedFile, 'changedMs'> {
  readonly createdMs: number;
  readonly contentStamp: string;
}

type Raw<Row> = { [Member in keyof Row]: Row[Member] extends string ? string : unknown };

/** Entries of a server that stamps no parts have no stamp of the content. */
const served = ({ filename, uuid, sha256, size, createdMs, contentStamp }: Raw<ServedRow>): ServedFile => ({
  ...{ filename, uuid, sha256 },
  size: Number(size),
  changedMs: wallMsIn(contentStamp) ?? Number(createdMs),
});

/** Every query on files of the Munki repository. */
@Injectable()
export class MunkiFileRepository {
  constructor(private readonly db: Database) {}

  /** Files by their keys, from after `afterKey`. */
  find({ kind, contains, isDeleted = false }: FileFilter, afterKey: string | null, limit?: number): Promise<Package[]> {
    const query = this.db.manager.createQueryBuilder(Package, 'package').where("package.space = 'munki'");
    query.andWhere('package.deleted = :deleted', { deleted: isDeleted });
    if (isDeleted) query.andWhere(exists(query, PackageVersion, 'version', 'version.filenameKey = package.filenameKey'));
    if (kind !== undefined)
      query.andWhere("package.filenameKey LIKE :top ESCAPE '!'", { top: `${MUNKI_PREFIX}${kind.replace('_', '!_')}/%` });
    if (contains !== undefined) query.andWhere("package.filenameKey LIKE :pattern ESCAPE '!'", { pattern: likePattern(contains) });
    if (afterKey !== null) query.andWhere('package.filenameKey > :afterKey', { afterKey });
    return query.orderBy('package.filenameKey', 'ASC').take(limit).getMany();
  }

  /** Names of files in a folder at the top, also of those that are not whole here yet, by their keys. */
  async findNames(folder: string): Promise<string[]> {
    return (await this.find({ kind: folder }, null)).map(({ filename }) => filename);
  }

  /** Names of the packages of the share that are served here, by their keys. */
  async findShareNames(): Promise<string[]> {
    const query = this.selectServed().where("package.space = ''").orderBy('package.filenameKey', 'ASC');
    return (await query.getRawMany<Raw<ServedRow>>()).map(({ filename }) => filename);
  }

  /** All files that clients get, by their names. */
  async findServed(): Promise<ServedFile[]> {
    const rows = await this.selectServed().where("package.space = 'munki'").getRawMany<Raw<ServedRow>>();
    return rows.map(served);
  }

  /** Those of these keys, of any space, that clients get. */
  async findServedByKeys(keys: readonly string[]): Promise<(ServedFile & { readonly filenameKey: string })[]> {
    const found: (ServedFile & { filenameKey: string })[] = [];
    for (let at = 0; at < keys.length; at += 500) {
      const query = this.selectServed().addSelect('package.filenameKey', 'filenameKey');
      query.where('package.filenameKey IN (:...keys)', { keys: keys.slice(at, at + 500) });
      const rows = await query.getRawMany<Raw<ServedRow> & { filenameKey: string }>();
      found.push(...rows.map((row) => ({ ...served(row), filenameKey: row.filenameKey })));
    }
    return found;
  }

  async state(): Promise<RepositoryState> {
    const row = await this.db.manager
      .createQueryBuilder(Package, 'package')
      .select('MAX(package.seq)', 'seq')
      .addSelect('COUNT(package.servedUuid)', 'served')
      .where("package.space = 'munki'")
      .getRawOne<{ seq: unknown; served: unknown }>();
    return { seq: Number(row?.seq ?? 0), served: Number(row?.served ?? 0) };
  }

  private selectServed() {
    return this.db.manager
      .createQueryBuilder(Package, 'package')
      .innerJoin(Content, 'content', 'content.uuid = package.servedUuid')
      .select('package.filename', 'filename')
      .addSelect('content.uuid', 'uuid')
      .addSelect('content.sha256', 'sha256')
      .addSelect('content.size', 'size')
      .addSelect('content.createdMs', 'createdMs')
      .addSelect('package.contentStamp', 'contentStamp');
  }
}
