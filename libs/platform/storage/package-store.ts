import type { FileHandle } from 'node:fs/promises';
import type { BlockWriter } from './block-writer.js';
import type { Hashing } from './hash-worker.js';
import type { StagingParts } from './staging-parts.js';

/** An unfinished file, opened for reading and writing. */
export interface StagingFile {
  readonly handle: FileHandle;
  readonly writer: BlockWriter;
  /** Ends writing and lets go of the file; it stays in staging. */
  close(): Promise<void>;
}

export interface StoredName {
  readonly name: string;
  /** When it was last touched, epoch milliseconds. */
  readonly touchedMs: number;
  readonly size: number;
}

/** A content that is small enough to be in memory. */
export interface WholeContent {
  readonly uuid: string;
  /** Where it stands until it is whole. */
  readonly stagingId: string;
  readonly bytes: Uint8Array;
  readonly lastModifiedMs: number;
}

/**
 * Where the bytes of packages are. Unfinished files are in staging; whole ones are immutable and named by their uuid; the
 * public ones are also in the share under their own names. Publishing is atomic and durable: a crash leaves a file either
 * in staging or whole.
 */
export abstract class PackageStore {
  /** Creates or truncates a staging file of `size` bytes (null when not known yet). Everything is hashed when `hashing` does not say what. */
  abstract createStaging(id: string, size: number | null, hashing?: Hashing): Promise<StagingFile>;
  /** The staging file as an earlier process left it, or null. */
  abstract openStaging(id: string, hashing?: Hashing): Promise<StagingFile | null>;
  /** For reading verified blocks of an unfinished file; null when there is none. */
  abstract readStaging(id: string): Promise<FileHandle | null>;
  /** Writes a part of a staging file of `size` bytes at its place; makes the file when there is none. Several may write at once. */
  abstract writeStaging(id: string, size: number, position: number, bytes: Uint8Array): Promise<void>;
  /** With its parts. */
  abstract discardStaging(id: string): Promise<void>;
  /** Blocks of a staging file that have not come whole. */
  abstract partsOf(id: string): StagingParts;
  /** Marks this staging file as in use, also while nothing is written to it. Does nothing when it is gone. */
  abstract touchStaging(id: string, nowMs: number): Promise<void>;
  abstract listStaging(): Promise<StoredName[]>;

  /** Makes a staging file the content of `uuid`: fsync, rename, fsync of the directory. Does nothing when that was done before. */
  abstract publish(stagingId: string, uuid: string, lastModifiedMs: number): Promise<void>;
  /** Publishes many small contents: as `publish`, each with its own fsync, and one of the directory. */
  abstract publishWhole(contents: readonly WholeContent[]): Promise<void>;
  /** Throws ENOENT when the content is not there. The caller closes the handle. */
  abstract open(uuid: string): Promise<FileHandle>;
  /** Whether the content is there with that many bytes. */
  abstract has(uuid: string, size: number): Promise<boolean>;
  abstract remove(uuid: string): Promise<void>;
  /**
   * Moves a content to a staging file, to be read only: a published file may have other names (the share's link, a backup), and
   * is never written to. Does nothing when it is not there.
   */
  abstract setAside(uuid: string, stagingId: string): Promise<void>;
  abstract listContent(): Promise<StoredName[]>;
  /** Whether a server has kept its contents here before: a disk that is not mounted looks like one that has lost everything. */
  abstract isMarked(): Promise<boolean>;
  abstract mark(): Promise<void>;

  /** Puts the content into the share under a public name, replacing what had it. */
  abstract expose(uuid: string, filename: string): Promise<void>;
  /** Takes a public name out of the share. */
  abstract hide(filename: string): Promise<void>;
  abstract listExposed(): Promise<string[]>;
  /** Whether a public name is there and leads to this content, not to an earlier one. */
  abstract isExposed(uuid: string, filename: string): Promise<boolean>;

  /** Bytes that may still be used: the reserve is taken off. */
  abstract freeBytes(): Promise<number>;
  /** Throws DiskFull when `bytes` more would eat the reserve. */
  abstract requireRoom(bytes: number): Promise<void>;
}
