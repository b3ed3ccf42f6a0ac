import { statfsSync } from 'node:fs';
import { run } from './child.mjs';
import { scratchDir } from './services.js';

/** A file system of its own in memory, of a size that can be changed. */
export class SmallDisk {
  private constructor(readonly directory: string) {}

  /** Null where the tests may not mount one. */
  static async mount(bytes: number): Promise<SmallDisk | null> {
    const disk = new SmallDisk(scratchDir('small-disk'));
    try {
      await run('mount', ['-t', 'tmpfs', '-o', `size=${bytes}`, 'tmpfs', disk.directory]);
      return disk;
    } catch {
      return null;
    }
  }

  async resize(bytes: number): Promise<void> {
    await run('mount', ['-o', `remount,size=${bytes}`, this.directory]);
  }

  /** Makes it so small that this is left. */
  async leave(bytes: number): Promise<void> {
    const { blocks, bfree, bsize } = statfsSync(this.directory);
    await this.resize((blocks - bfree) * bsize + bytes);
  }

  async unmount(): Promise<void> {
    await run('umount', ['-l', this.directory]);
  }
}
