import { existsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { scratchDir } from './services.js';
import type { Environment } from './test-process.js';

const libraries = ['/usr/lib', '/usr/local/lib'].flatMap((root) =>
  ['x86_64-linux-gnu/faketime', 'aarch64-linux-gnu/faketime', 'faketime'].map((folder) => path.join(root, folder, 'libfaketimeMT.so.1')),
);

/** A wall clock that can be set while a server runs (libfaketime); its monotonic clock stays true, as on a machine whose clock is set. */
export class FakeTime {
  private readonly file = path.join(scratchDir('clock'), 'offset');

  private constructor(private readonly library: string) {
    this.set('+0');
  }

  /** Null where libfaketime is not installed. */
  static create(): FakeTime | null {
    const library = libraries.find((file) => existsSync(file));
    return library === undefined ? null : new FakeTime(library);
  }

  /** `+400d`, `-2h`, `+0`: how far the clock is off, from now on. */
  set(offset: string): void {
    writeFileSync(this.file, `${offset}\n`);
  }

  /** Settings of a process that has this clock. */
  get environment(): Environment {
    return {
      LD_PRELOAD: this.library,
      FAKETIME_TIMESTAMP_FILE: this.file,
      FAKETIME_NO_CACHE: 1,
      FAKETIME_DONT_FAKE_MONOTONIC: 1,
      DONT_FAKE_MONOTONIC: 1,
    };
  }
}
