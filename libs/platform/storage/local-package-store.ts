import { Injectable, type OnModuleInit } from '@nestjs/common';
import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, link, lstat, open, readdir, rename, rm, stat, statfs, symlink, utimes } from 'node:fs/promises';
import path from 'node:path';
import { Clock } from '../clock.js';
import { Config } from '../config/config.js';
import { DiskFull } from '../errors/common.errors.js';
import { isBlake3Fast } from '../crypto/block-digest.js';
import { BlockWriter, everyHash } from './block-writer.js';
import { HashPool } from './hash-pool.js';
import type { Hashing } from './hash-worker.js';
import { makeDirectory } from './make-directory.js';
import { StagingParts } from './staging-parts.js';
import { hasMark, setMark } from './store-mark.js';
import { PackageStore, type StagingFile, type StoredName, type WholeContent } from './package-store.js';

const isCode = (error: unknown, ...codes: string[]): boolean => codes.includes((error as NodeJS.ErrnoException).code ?? '');
const hexName = /^[0-9a-f]{32}$/;
const draftName = /^\.[0-9a-f]{32}\.[0-9a-f]{8}$/;
const DRAFT_AGE_MS = 60_000;
/** Small contents that are written side by side: their fsyncs share the disk's journal. */
const FILES_AT_ONCE = 4;

/** Only names of this server: no text of a request becomes part of a path. */
function checkId(id: string): string {
  if (!/^[0-9a-z-]{1,80}$/.test(id)) throw new Error(`"${id}" is not a name of the store.`);
  return id;
}

async function syncDirectory(directory: string): Promise<void> {
  if (process.platform === 'win32') return; // directories cannot be opened there; NTFS journals renames
  const handle = await open(directory, constants.O_RDONLY);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** The store on a local (or mounted) file system. */
@Injectable()
export class LocalPackageStore extends PackageStore implements OnModuleInit {
  private readonly content: string;
  private readonly share: string;
  private readonly staging: string;

  constructor(
    private readonly config: Config,
    private readonly pool: HashPool,
    private readonly clock: Clock,
  ) {
    super();
    this.content = path.join(config.get('dataDir'), 'content');
    this.share = path.join(config.get('dataDir'), 'share');
    this.staging = config.get('stagingDir');
  }

  async onModuleInit(): Promise<void> {
    for (const directory of [this.content, this.share]) makeDirectory(directory); // a web server may read them
    makeDirectory(this.staging, 0o700);
    await this.requireRenames();
    await this.removeDrafts();
  }

  async createStaging(id: string, size: number | null, hashing?: Hashing): Promise<StagingFile> {
    const handle = await open(this.stagingPath(id), 'w+', 0o640);
    if (size !== null) await handle.truncate(size);
    return this.asStaging(handle, hashing);
  }

  async openStaging(id: string, hashing?: Hashing): Promise<StagingFile | null> {
    const handle = await this.openIfThere(this.stagingPath(id), 'r+');
    return handle && this.asStaging(handle, hashing);
  }

  readStaging(id: string): Promise<FileHandle | null> {
    return this.openIfThere(this.stagingPath(id), 'r');
  }

  async writeStaging(id: string, size: number, position: number, bytes: Uint8Array): Promise<void> {
    const handle = await open(this.stagingPath(id), constants.O_RDWR | constants.O_CREAT, 0o640);
    try {
      if ((await handle.stat()).size !== size) await handle.truncate(size);
      for (let at = 0; at < bytes.length;) at += (await handle.write(bytes, at, bytes.length - at, position + at)).bytesWritten;
    } finally {
      await handle.close();
    }
  }

  async discardStaging(id: string): Promise<void> {
    await rm(this.stagingPath(id), { force: true });
    await this.partsOf(id).removeAll();
  }

  partsOf = (id: string): StagingParts => new StagingParts(this.staging, checkId(id));

  async touchStaging(id: string, nowMs: number): Promise<void> {
    try {
      await utimes(this.stagingPath(id), new Date(nowMs), new Date(nowMs));
    } catch (error) {
      if (!isCode(error, 'ENOENT')) throw error; // published or discarded meanwhile
    }
  }

  listStaging(): Promise<StoredName[]> {
    return this.list(this.staging);
  }

  async publish(stagingId: string, uuid: string, lastModifiedMs: number): Promise<void> {
    const from = this.stagingPath(stagingId);
    const handle = await this.openIfThere(from, 'r+');
    if (!handle) {
      await stat(this.contentPath(uuid)); // published before, or an error that says what is missing
      return;
    }
    try {
      await handle.utimes(new Date(), new Date(lastModifiedMs));
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(from, this.contentPath(uuid));
    await syncDirectory(this.content);
  }

  async publishWhole(contents: readonly WholeContent[]): Promise<void> {
    const waiting = [...contents];
    const lane = async (): Promise<void> => {
      for (let content = waiting.pop(); content; content = waiting.pop()) await this.writeWhole(content);
    };
    await Promise.all(Array.from({ length: FILES_AT_ONCE }, lane));
    await syncDirectory(this.content);
  }

  open(uuid: string): Promise<FileHandle> {
    return open(this.contentPath(uuid), 'r');
  }

  async has(uuid: string, size: number): Promise<boolean> {
    try {
      return (await stat(this.contentPath(uuid))).size === size;
    } catch (error) {
      if (isCode(error, 'ENOENT')) return false;
      throw error;
    }
  }

  remove(uuid: string): Promise<void> {
    return rm(this.contentPath(uuid), { force: true });
  }

  async setAside(uuid: string, stagingId: string): Promise<void> {
    try {
      await rename(this.contentPath(uuid), this.stagingPath(stagingId));
    } catch (error) {
      if (!isCode(error, 'ENOENT')) throw error;
    }
  }

  async listContent(): Promise<StoredName[]> {
    return (await this.list(this.content)).filter(({ name }) => hexName.test(name));
  }

  isMarked = (): Promise<boolean> => hasMark(this.content);

  async mark(): Promise<void> {
    await setMark(this.content);
    await syncDirectory(this.content);
  }

  async expose(uuid: string, filename: string): Promise<void> {
    const draft = path.join(this.share, `.${uuid}.${randomBytes(4).toString('hex')}`);
    await this.linkTo(uuid, draft);
    try {
      await rename(draft, this.sharePath(filename));
    } finally {
      // Renaming a hard link onto another link of the same file does nothing and leaves the draft (POSIX rename).
      await rm(draft, { force: true });
    }
  }

  hide(filename: string): Promise<void> {
    return rm(this.sharePath(filename), { force: true });
  }

  async listExposed(): Promise<string[]> {
    return (await readdir(this.share)).filter((name) => !name.startsWith('.'));
  }

  async isExposed(uuid: string, filename: string): Promise<boolean> {
    try {
      const [content, shared] = await Promise.all([stat(this.contentPath(uuid)), stat(this.sharePath(filename))]);
      return content.ino === shared.ino && content.dev === shared.dev;
    } catch (error) {
      if (isCode(error, 'ENOENT')) return false;
      throw error;
    }
  }

  async freeBytes(): Promise<number> {
    const { bavail, bsize } = await statfs(this.content);
    return Math.max(0, bavail * bsize - this.config.get('DISK_RESERVE_BYTES'));
  }

  async requireRoom(bytes: number): Promise<void> {
    if ((await this.freeBytes()) < Math.max(1, bytes)) throw new DiskFull();
  }

  /** Two mounts can have one device number and still refuse a rename, so it is tried. */
  private async requireRenames(): Promise<void> {
    const id = `probe-${randomBytes(8).toString('hex')}`;
    const probe = this.stagingPath(id);
    try {
      await (await open(probe, 'wx', 0o640)).close();
      await rename(probe, path.join(this.content, id));
    } catch (error) {
      if (isCode(error, 'ENOSPC', 'EDQUOT')) return; // a full disk must not keep the server from serving what it has
      if (!isCode(error, 'EXDEV')) throw error;
      throw new Error('UPLOAD_STAGING_DIR must be on the same file system as DATA_DIR/content, so that publishing a package is a rename.');
    } finally {
      await Promise.all([probe, path.join(this.content, id)].map((file) => rm(file, { force: true })));
    }
  }

  /** Links that a crash left before they got their public names. Another process may be making one right now. */
  private async removeDrafts(): Promise<void> {
    const oldBefore = this.clock.now() - DRAFT_AGE_MS;
    for (const { name, touchedMs } of await this.list(this.share, lstat)) {
      if (draftName.test(name) && touchedMs < oldBefore) await rm(path.join(this.share, name), { force: true });
    }
  }

  private async linkTo(uuid: string, draft: string): Promise<void> {
    try {
      await link(this.contentPath(uuid), draft);
    } catch (error) {
      if (!isCode(error, 'EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'EMLINK', 'ENOSYS', 'EXDEV')) throw error;
      await symlink(path.join('..', 'content', checkId(uuid)), draft); // no hard links there
    }
  }

  private async writeWhole({ uuid, stagingId, bytes, lastModifiedMs }: WholeContent): Promise<void> {
    const draft = this.stagingPath(stagingId);
    const handle = await open(draft, 'w', 0o640);
    try {
      await handle.writeFile(bytes);
      await handle.utimes(new Date(), new Date(lastModifiedMs));
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(draft, this.contentPath(uuid));
  }

  private asStaging(handle: FileHandle, hashing?: Hashing): StagingFile {
    const algorithm = isBlake3Fast ? this.config.get('BLOCK_HASH') : 'sha256';
    const writer = new BlockWriter(this.pool, handle, hashing ?? { ...everyHash, algorithm });
    return {
      handle,
      writer,
      close: async () => {
        await writer.close();
        await handle.close();
      },
    };
  }

  private async openIfThere(file: string, flags: string): Promise<FileHandle | null> {
    try {
      return await open(file, flags);
    } catch (error) {
      if (isCode(error, 'ENOENT')) return null;
      throw error;
    }
  }

  private async list(directory: string, look: typeof stat = stat): Promise<StoredName[]> {
    const found: StoredName[] = [];
    for (const name of await readdir(directory)) {
      try {
        const { size, mtimeMs, ctimeMs } = await look(path.join(directory, name));
        found.push({ name, size, touchedMs: Math.max(mtimeMs, ctimeMs) });
      } catch (error) {
        if (!isCode(error, 'ENOENT')) throw error; // gone since it was listed
      }
    }
    return found;
  }

  private stagingPath = (id: string): string => path.join(this.staging, checkId(id));
  private contentPath = (uuid: string): string => path.join(this.content, checkId(uuid));
  private sharePath = (filename: string): string => path.join(this.share, path.basename(filename));
}
