import { randomUUID } from 'node:crypto';
import { closeSync, fsyncSync, openSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Config } from '../config/config.js';

/** Left in DATA_DIR by a server that ended as it should; taken away by the next start. */
export interface StopMark {
  /** Stands in the database, too, as long as nothing has been written since. */
  readonly stopId: string;
  /** Names this boot of the machine; null where the system does not say. */
  readonly boot: string | null;
  /** Names the database file as it lay there: a copy of it has another one. Null for a database server. */
  readonly file: string | null;
}

export interface FoundMark {
  /** Null after a crash, a power cut, or on the first start. */
  readonly mark: StopMark | null;
  /** Whether it was made on this boot by a server that had this very file. */
  readonly isOfThisPlace: boolean;
}

const startFileOf = (config: Config): string => path.join(config.get('dataDir'), 'started');
const fileOf = (config: Config): string => path.join(config.get('dataDir'), 'stopped.json');

function bootOf(): string | null {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    return null; // not Linux
  }
}

/** Device, inode and time of the last change of the inode, which no copy keeps. */
function placeOf(config: Config): string | null {
  const database = config.get('database');
  if (database.kind !== 'sqlite') return null;
  try {
    const { dev, ino, ctimeMs } = statSync(database.file);
    return `${dev} ${ino} ${ctimeMs}`;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

function read(file: string): StopMark | null {
  try {
    const { stopId, boot, file: place } = JSON.parse(readFileSync(file, 'utf8')) as Partial<StopMark>;
    return typeof stopId === 'string' ? { stopId, boot: boot ?? null, file: place ?? null } : null;
  } catch {
    return null; // there is none, or it was not written to its end: as after a crash
  }
}

function sync(target: string): void {
  const isDirectory = statSync(target).isDirectory();
  if (process.platform === 'win32' && isDirectory) return; // has no handle on directories to sync
  const descriptor = openSync(target, isDirectory ? 'r' : 'r+'); // Windows syncs what may be written to
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** Whole or not at all. Replicas that share the directory write at the same time: each has a draft of its own. */
function write(file: string, text: string): void {
  const draft = `${file}.${randomUUID()}.part`;
  writeFileSync(draft, text, { mode: 0o600 });
  sync(draft);
  renameSync(draft, file);
  sync(path.dirname(file));
}

/** Called before the database is opened, which changes its file. The mark is gone afterwards, also after a power cut. */
export function takeStopMark(config: Config): FoundMark {
  const file = fileOf(config);
  const mark = read(file);
  const isOfThisPlace = mark !== null && mark.boot === bootOf() && mark.file === placeOf(config);
  rmSync(file, { force: true });
  if (mark) sync(path.dirname(file));
  return { mark, isOfThisPlace };
}

/** Called when the database is closed and all of it is on the disk. */
export function leaveStopMark(config: Config, stopId: string): void {
  const file = fileOf(config);
  const mark: StopMark = { stopId, boot: bootOf(), file: placeOf(config) };
  write(file, JSON.stringify(mark));
}

/** What this directory knows of the last start; null before the first. The database knows the same, unless it is an earlier state. */
export function readStartId(config: Config): string | null {
  try {
    return readFileSync(startFileOf(config), 'utf8').trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

export function writeStartId(config: Config, startId: string): void {
  const file = startFileOf(config);
  write(file, startId);
}
