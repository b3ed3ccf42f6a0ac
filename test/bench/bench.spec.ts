import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { scratchDir } from '../support/services.js';

interface Outcome {
  readonly status: number | string | null;
  readonly out: string;
  readonly words: string;
}

const script = path.resolve(import.meta.dirname, '../../bench/run.mjs');

/** As `npm run bench -- …` runs it. */
const bench = (...args: string[]): Promise<Outcome> =>
  new Promise((resolve) => {
    execFile(process.execPath, [script, ...args], { timeout: 240_000 }, (error, out, words) =>
      resolve({ status: error ? (error.code ?? null) : 0, out, words }),
    );
  });

// Not how fast anything is, only that what measures it still works.
describe('the measurements', () => {
  it('run, report their figures, and leave nothing behind', async () => {
    const dir = scratchDir('bench');
    const { status, out, words } = await bench(
      'upload',
      'transfer',
      'many',
      '--size',
      '2M',
      '--count',
      '5',
      '--rounds',
      '1',
      '--json',
      '--dir',
      dir,
    );
    expect({ status, words: status === 0 ? '' : words }).toEqual({ status: 0, words: '' });
    const { rows, failures } = JSON.parse(out) as {
      rows: { part: string; what: string; unit: string; ours: number | null }[];
      failures: unknown[];
    };
    expect(failures).toEqual([]);
    expect(new Set(rows.map(({ part }) => part))).toEqual(new Set(['upload', 'transfer', 'many']));
    const measured = rows.filter(({ ours, unit }) => ours !== null && unit === 's');
    expect(measured.length).toBeGreaterThanOrEqual(2);
    expect(measured.filter(({ ours }) => !(ours! > 0))).toEqual([]);
    expect(readdirSync(dir)).toEqual([]);
  });

  it('say what they did not understand', async () => {
    const { status, words } = await bench('uplaod');
    expect(status).toBe(2);
    expect(words).toContain('There is no part "uplaod"');
    expect(words).toContain('upload');
  });
});
