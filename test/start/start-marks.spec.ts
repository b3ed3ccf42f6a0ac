import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startTypescript } from '../support/typescript-process.js';

const program = new URL('./start-marks.process.ts', import.meta.url);

describe('the mark of the last start', () => {
  it('is written whole by replicas that share a directory and start at once, and leaves no drafts', async () => {
    const directory = mkdtempSync(path.join(tmpdir(), 'ods-marks-'));
    try {
      const replicas = Array.from({ length: 3 }, () => startTypescript(program, [], { DATA_DIR: directory }));
      for (const replica of replicas) expect({ ...(await replica.ended()), output: replica.output }).toMatchObject({ code: 0, output: '' });
      expect(readdirSync(directory)).toEqual(['started']);
      expect(readFileSync(path.join(directory, 'started'), 'utf8')).toMatch(/^\d+-199$/);
    } finally {
      rmSync(directory, { recursive: true, force: true });
    }
  });
});
