import { Injectable } from '@nestjs/common';
import type { Package } from '#libs/entities/package.entity.js';
import { InvalidRequest } from '#libs/platform/errors/common.errors.js';
import { filenameKey } from './filename.js';
import { PackageRepository } from './package.repository.js';
import { PackageAmbiguous, PackageNotFound } from './packages.errors.js';

export const addressKinds = ['name', 'id'] as const;
export type AddressKind = (typeof addressKinds)[number];

/** How a caller names a package: what stands in the path, and `?by=`. */
export interface PackageAddress {
  readonly text: string;
  /** Undefined: by name, and by id only where no package ever had that name. */
  readonly by?: AddressKind | undefined;
}

const present = (row: Package | null): row is Package => row !== null && !row.deleted;
/** Files of the Munki repository are not packages. */
const ofShare = (row: Package | null): Package | null => (row?.space === '' ? row : null);
/** An id as it is written; "007" is a name and nothing else. */
const idOf = (text: string): number | null => (/^[1-9]\d{0,8}$/.test(text) ? Number(text) : null);

/** Finds the package that a caller means. Names of digits look like ids: reading prefers the name, and a change never guesses. */
@Injectable()
export class PackageFinder {
  constructor(private readonly packages: PackageRepository) {}

  /** For reading. Throws PackageNotFound. */
  async find(address: PackageAddress): Promise<Package> {
    const { named, numbered } = await this.candidates(address);
    const row = present(named) ? named : numbered;
    if (!present(row)) throw new PackageNotFound(address.text);
    return row;
  }

  /** For a change. Throws PackageNotFound, and PackageAmbiguous when the name of one package, also of a deleted one, is the id of another. */
  async findToChange(address: PackageAddress): Promise<Package> {
    const row = await this.findEntry(address);
    if (!present(row)) throw new PackageNotFound(address.text);
    return row;
  }

  /** The same, and finds deleted packages, too. */
  async findEntry(address: PackageAddress): Promise<Package> {
    const { named, numbered } = await this.candidates(address);
    if (named && numbered && named.id !== numbered.id) throw new PackageAmbiguous(address.text, numbered.filename);
    const row = named ?? numbered;
    if (!row) throw new PackageNotFound(address.text);
    return row;
  }

  private async candidates({ text, by }: PackageAddress): Promise<{ named: Package | null; numbered: Package | null }> {
    const id = idOf(text);
    if (by === 'id' && id === null)
      throw new InvalidRequest([{ pointer: '/id_or_name', detail: 'With by=id the path must have the number of a package.' }]);
    const named = by === 'id' ? null : ofShare(await this.packages.findByKey(filenameKey(text)));
    const numbered = by === 'name' || id === null ? null : ofShare(await this.packages.findById(id));
    return { named, numbered: named === null || present(numbered) ? numbered : null };
  }
}
