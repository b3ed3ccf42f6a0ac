import { shortage } from './disk-health.js';

describe('a disk without room', () => {
  it('is short of what is reserved', () => {
    expect(shortage({ free: 2 ** 20, reserve: 2 ** 29, total: 2 ** 40 })).toMatch(
      /^1\.0 MB are free on the disk, less than DISK_RESERVE_BYTES/,
    );
  });

  it('is no reason to free space when more is reserved than there is', () => {
    expect(shortage({ free: 2 ** 39, reserve: 2 ** 50, total: 2 ** 40 })).toBe(
      'DISK_RESERVE_BYTES (1.0 PB) is more than the whole disk of DATA_DIR has (1.0 TB): nothing is stored until it is lowered.',
    );
  });
});
