import { spawnSync } from 'node:child_process';
import { type DiskImageReader, InsidesUnread, type ListedFile } from '../formats/disk-image-insides.js';
import { isProgram, PRLIMIT, SEVEN_ZIP_PLACES } from './child-programs.js';

/** The inspected file, which the parent opened. */
const FILE = '/dev/fd/3';
const MOST_LIST = 16 << 20;
const WALL_MS = 20_000;
const MOST_MEMORY = 1 << 30;
/** One thread, texts in UTF-8, no progress, no questions. */
const OPTIONS = ['-mmt1', '-sccUTF-8', '-bd', '-y', '-p-'];

/** The 7-Zip of this machine, or null. */
export const findSevenZip = (): string | null => SEVEN_ZIP_PLACES.find(isProgram) ?? null;

/**
 * Disk images by 7-Zip, which knows HFS+, APFS and all ways of packing that macOS has. It reads the open file and writes to a pipe, nothing
 * to a disk; its time, memory and output are limited.
 */
export class SevenZip implements DiskImageReader {
  constructor(private readonly program: string) {}

  list(): ListedFile[] {
    const output = this.run(['l', '-slt', '-ir!Info.plist', '-ir!*.pkg', ...OPTIONS, '--', FILE], MOST_LIST);
    return filesIn(output.toString('utf8'));
  }

  /** `-spd`: a name with `*` in it is that name, no pattern. */
  extract({ path, size }: ListedFile): Buffer {
    const bytes = this.run(['e', '-so', '-spd', `-i!${path}`, ...OPTIONS, '--', FILE], size + 1);
    if (bytes.length !== size) throw new InsidesUnread(`7-Zip answered ${bytes.length} bytes of ${size}.`);
    return bytes;
  }

  private run(args: readonly string[], mostBytes: number): Buffer {
    const limited = isProgram(PRLIMIT) ? [PRLIMIT, `--as=${MOST_MEMORY}`, '--', this.program] : [this.program];
    const [command, ...rest] = [...limited, ...args];
    const { stdout, status, error, signal } = spawnSync(command!, rest, {
      stdio: ['ignore', 'pipe', 'ignore', 3],
      env: { LC_ALL: 'C.UTF-8' },
      timeout: WALL_MS,
      killSignal: 'SIGKILL',
      maxBuffer: mostBytes,
    });
    const { code } = (error ?? {}) as NodeJS.ErrnoException;
    if (code === 'ENOBUFS') throw new InsidesUnread('there is too much of it.');
    if (code === 'ETIMEDOUT' || signal !== null) throw new InsidesUnread('7-Zip took too long or needed too much memory.');
    if (error) throw new InsidesUnread(`7-Zip does not start (${error.message}).`);
    // 1 stands for warnings: what could be read was read.
    if (status !== 0 && status !== 1) throw new InsidesUnread('7-Zip cannot read this disk image; it may be encrypted.');
    return stdout;
  }
}

/** The files of a technical list: of each a paragraph of `Name = value` after a line of dashes. */
function filesIn(list: string): ListedFile[] {
  const begin = list.lastIndexOf('\n----------\n');
  if (begin < 0) return [];
  return list
    .slice(begin + 12)
    .split('\n\n')
    .flatMap((paragraph) => {
      const values = new Map(paragraph.split('\n').map((line) => splitOnce(line)));
      const [path, size] = [values.get('Path'), values.get('Size')];
      const isFile = values.get('Folder') !== '+' && path !== undefined && size !== undefined && /^\d{1,15}$/.test(size);
      return isFile ? [{ path, size: Number(size) }] : [];
    });
}

function splitOnce(line: string): [string, string] {
  const at = line.indexOf(' = ');
  return at < 0 ? [line, ''] : [line.slice(0, at), line.slice(at + 3)];
}
