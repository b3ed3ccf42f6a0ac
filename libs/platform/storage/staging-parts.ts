import { constants } from 'node:fs';
import { type FileHandle, open, readdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';

const isMissing = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === 'ENOENT';

/** Between the name of a staging file and the number of a block. */
const MARK = '-p';

/** The staging file that a part belongs to; the name itself when it names no part. */
export const ownerOfPart = (name: string): string => name.replace(/-p\d+$/, '');

/**
 * Blocks of a staging file that have not come whole, each in a file of its own whose length says how much of it is there. They are
 * unverified: nothing is read from them but to complete the block, which is then checked. So no fsync is needed; what a power cut
 * takes or spoils is asked for again.
 */
export class StagingParts {
  constructor(
    private readonly directory: string,
    private readonly id: string,
  ) {}

  /** Bytes that are there, by block. */
  async sizes(): Promise<Map<number, number>> {
    const sizes = new Map<number, number>();
    for (const index of await this.indexes()) {
      const { size } = await stat(this.file(index)).catch((error: unknown) => {
        if (isMissing(error)) return { size: 0 };
        throw error;
      });
      if (size > 0) sizes.set(index, size);
    }
    return sizes;
  }

  /** Writes bytes at `position` of a block; what was there from there on is gone. */
  async write(index: number, position: number, bytes: Uint8Array): Promise<void> {
    const handle = await open(this.file(index), constants.O_RDWR | constants.O_CREAT, 0o640);
    try {
      await handle.truncate(position);
      for (let at = 0; at < bytes.length;) at += (await handle.write(bytes, at, bytes.length - at, position + at)).bytesWritten;
    } finally {
      await handle.close();
    }
  }

  /** Fills `into` from the beginning of the block; answers how many bytes there were. */
  async read(index: number, into: Uint8Array): Promise<number> {
    const handle = await this.openToRead(index);
    if (!handle) return 0;
    try {
      for (let at = 0; ;) {
        const { bytesRead } = await handle.read(into, at, into.length - at, at);
        at += bytesRead;
        if (bytesRead === 0 || at === into.length) return at;
      }
    } finally {
      await handle.close();
    }
  }

  remove(index: number): Promise<void> {
    return rm(this.file(index), { force: true });
  }

  async removeAll(): Promise<void> {
    for (const index of await this.indexes()) await this.remove(index);
  }

  private async indexes(): Promise<number[]> {
    const begin = this.id + MARK;
    const names = (await readdir(this.directory)).filter((name) => name.startsWith(begin));
    return names.map((name) => Number(name.slice(begin.length))).filter((index) => Number.isSafeInteger(index) && index >= 0);
  }

  private async openToRead(index: number): Promise<FileHandle | null> {
    try {
      return await open(this.file(index), 'r');
    } catch (error) {
      if (isMissing(error)) return null;
      throw error;
    }
  }

  private readonly file = (index: number): string => path.join(this.directory, `${this.id}${MARK}${index}`);
}
