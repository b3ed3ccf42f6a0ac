import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { makeDirectory } from './make-directory.js';

describe('makeDirectory', () => {
  const root = mkdtempSync(path.join(tmpdir(), 'ods-make-directory-'));
  afterAll(() => rmSync(root, { recursive: true }));

  it('makes what is missing with the mode, and leaves what is there', () => {
    makeDirectory(path.join(root, 'a/b'), 0o700);
    makeDirectory(path.join(root, 'a/b'), 0o755);
    expect(['a', 'a/b'].map((each) => statSync(path.join(root, each)).mode & 0o777)).toEqual([0o700, 0o700]);
  });

  it('fails where nothing can be made, instead of trying for ever', () => {
    writeFileSync(path.join(root, 'file'), '');
    expect(() => makeDirectory(path.join(root, 'file/inside'))).toThrow('ENOTDIR');
    if (process.platform === 'linux') expect(() => makeDirectory('/proc/ods/inside')).toThrow('ENOENT');
  });
});
