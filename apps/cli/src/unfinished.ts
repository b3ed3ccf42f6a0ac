import { createHash } from 'node:crypto';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';

const directory = (): string => path.join(process.env['XDG_CACHE_HOME'] ?? path.join(homedir(), '.cache'), 'ods', 'uploads');

/** Remembers where an upload was begun, so that the same command resumes it, also after a crash of the machine. */
export class Unfinished {
  private readonly file: string;

  /** `what` is all that must be the same for it to be the same upload: server, file with its size and time, fields. */
  constructor(what: readonly string[]) {
    const key = createHash('sha256').update(JSON.stringify(what)).digest('hex').slice(0, 32);
    this.file = path.join(directory(), key);
  }

  async location(): Promise<string | null> {
    const text = await readFile(this.file, 'utf8').catch(() => '');
    return /^\/api\/admin\/upload\/resumable\/[0-9a-f]{32}$/.test(text) ? text : null;
  }

  /** Without it an upload is only sent from its beginning: no reason to fail where nothing can be written. */
  async remember(location: string): Promise<void> {
    await mkdir(path.dirname(this.file), { recursive: true, mode: 0o700 }).catch(() => undefined);
    await writeFile(this.file, location, { mode: 0o600 }).catch(() => undefined);
  }

  async forget(): Promise<void> {
    await rm(this.file, { force: true }).catch(() => undefined);
  }
}
