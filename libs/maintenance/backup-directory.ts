import { existsSync } from 'node:fs';
import { lstat, mkdir, readdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { DATABASE, MANIFEST, readManifest } from './backup-manifest.js';
import { backupName, backupsOf, chooseRemovals, type FoundBackup, timeOfBackup } from './choose-removals.js';
import { syncDirectory, syncTree } from './place-file.js';

const SECOND_MS = 1_000;

/**
 * BACKUP_DIR: the scheduled backups of this server, maybe beside those of others and beside anything else. A backup gets its name when it is
 * complete, and loses it before the first of its files goes; what a killed process leaves has a name of this server that is no backup's.
 */
export class BackupDirectory {
  private readonly draft: string;
  private readonly discarded: string;

  constructor(
    readonly directory: string,
    private readonly iss: string,
  ) {
    this.draft = path.join(directory, `.ods-${iss}.part`);
    this.discarded = path.join(directory, `.ods-${iss}.removed`);
  }

  /** When the latest complete backup was begun; null without one. What comes from a clock that was ahead does not count. */
  async latestMs(now: number): Promise<number | null> {
    const times = backupsOf(this.iss, await this.find()).map((name) => timeOfBackup(name)!);
    return times.filter((ms) => ms <= now).reduce<number | null>((latest, ms) => Math.max(latest ?? ms, ms), null);
  }

  async removeLeftOvers(): Promise<void> {
    for (const each of [this.draft, this.discarded]) await rm(each, { recursive: true, force: true });
  }

  /** `write` fills a directory, and throws unless it is a complete backup. Answers its name. */
  async add(now: number, write: (directory: string) => Promise<void>): Promise<string> {
    try {
      await mkdir(this.draft, { mode: 0o700 });
      await write(this.draft);
      await syncTree(this.draft);
      const name = this.freeName(now);
      await rename(this.draft, path.join(this.directory, name));
      await syncDirectory(this.directory);
      return name;
    } catch (error) {
      await rm(this.draft, { recursive: true, force: true }).catch(() => undefined); // the next run tries that again
      throw error;
    }
  }

  /** Removes the oldest beyond the number that is kept. Answers their names. */
  async prune(made: string, keep: number): Promise<string[]> {
    const names = chooseRemovals(await this.find(), { made, iss: this.iss, keep });
    for (const name of names) {
      await rename(path.join(this.directory, name), this.discarded);
      await rm(this.discarded, { recursive: true, force: true });
    }
    return names;
  }

  /** Another server may have begun in the same second. */
  private freeName(now: number): string {
    for (let ms = now; ; ms += SECOND_MS) {
      const name = backupName(ms);
      if (!existsSync(path.join(this.directory, name))) return name;
    }
  }

  private async find(): Promise<FoundBackup[]> {
    const entries = await readdir(this.directory, { withFileTypes: true });
    const names = entries.filter((entry) => entry.isDirectory() && timeOfBackup(entry.name) !== null).map(({ name }) => name);
    return Promise.all(names.map(async (name) => ({ name, iss: await serverOf(path.join(this.directory, name)) })));
  }
}

/** Links are not followed: what is elsewhere is not part of a backup. */
async function serverOf(directory: string): Promise<string | null> {
  try {
    for (const name of [MANIFEST, DATABASE]) if (!(await lstat(path.join(directory, name))).isFile()) return null;
    return (await readManifest(directory)).server.iss;
  } catch {
    return null; // not complete, or of a format that this version does not read: it stays
  }
}
