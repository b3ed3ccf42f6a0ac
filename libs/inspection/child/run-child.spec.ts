import { open } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { runChild } from './run-child.js';

describe('the process of an inspection', () => {
  it('that does not start says nothing about the file', async () => {
    // Beside the sources there is no compiled program for it to run.
    const file = await open(fileURLToPath(import.meta.url));
    try {
      await expect(runChild(file, new AbortController().signal)).rejects.toThrow('did not start (status 1)');
    } finally {
      await file.close();
    }
  });
});
