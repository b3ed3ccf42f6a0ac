import { fstatSync, readSync } from 'node:fs';
import { inspectSource } from '../formats/inspect-source.js';
import { Damaged, OverLimit, Source } from '../formats/source.js';
import { findSevenZip, SevenZip } from './seven-zip.js';
import { type ChildAnswer, FILE_DESCRIPTOR, STARTED } from './child-answer.js';

// The program of one inspection: reads the file that it was given as descriptor 3, and writes that it has started and one line of JSON.

function read(at: number, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  for (let filled = 0; filled < length;) {
    const count = readSync(FILE_DESCRIPTOR, bytes, filled, length - filled, at + filled);
    if (count === 0) throw new Damaged('It ended while it was read.');
    filled += count;
  }
  return bytes;
}

async function answer(): Promise<ChildAnswer> {
  try {
    const source = new Source({ size: fstatSync(FILE_DESCRIPTOR).size, read });
    const sevenZip = findSevenZip();
    const found = await inspectSource(source, sevenZip === null ? null : new SevenZip(sevenZip));
    return found ? { state: 'done', found } : { state: 'unknown_kind' };
  } catch (error) {
    if (error instanceof OverLimit) return { state: 'refused', reason: error.message };
    if (error instanceof Damaged) return { state: 'damaged', reason: error.message };
    throw error;
  }
}

process.stdout.write(STARTED);
process.stdout.write(JSON.stringify(await answer()));
