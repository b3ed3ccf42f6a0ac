import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { type FileHandle, open, truncate, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { buffer } from 'node:stream/consumers';
import { scratchDir } from '../../../test/support/services.js';
import { multipartBody, rangeBody } from './file-body.js';

const content = randomBytes(3 * 2 ** 20 + 5);
const whole = { start: 0, end: content.length - 1 };

describe('the body of a download', () => {
  let file: string;
  let handle: FileHandle;
  beforeEach(async () => {
    file = path.join(scratchDir('body'), 'file');
    await writeFile(file, content);
    handle = await open(file);
  });

  /** A closed handle has no descriptor. */
  const isClosed = () => handle.fd === -1;

  it('is the stretch that was asked for; then the file is closed', async () => {
    const body = rangeBody(handle, { start: 7, end: 2 ** 20 + 7 });
    expect((await buffer(body)).equals(content.subarray(7, 2 ** 20 + 8))).toBe(true);
    if (!body.closed) await once(body, 'close');
    expect(isClosed()).toBe(true);
  });

  it('is nothing for an empty stretch', async () => {
    expect((await buffer(rangeBody(handle, { start: 0, end: -1 }))).length).toBe(0);
  });

  it.each([
    ['before it was read', 0],
    ['in the middle', 1],
  ])('closes the file when the client goes %s', async (_when, pieces) => {
    const body = rangeBody(handle, whole);
    if (pieces > 0) await once(body, 'readable');
    body.destroy();
    await once(body, 'close');
    expect(isClosed()).toBe(true);
  });

  it('reads no more ahead than one piece', async () => {
    const body = rangeBody(handle, whole);
    await once(body, 'readable');
    await new Promise((resolve) => setImmediate(resolve));
    expect(body.readableLength).toBeLessThanOrEqual(2 ** 20);
    body.destroy();
    await once(body, 'close');
  });

  it('fails, and does not end as if it were complete, when the file is shorter than it should be', async () => {
    await truncate(file, 1_000);
    const body = rangeBody(handle, whole);
    await expect(buffer(body)).rejects.toThrow(/shorter/);
    expect(isClosed()).toBe(true);
  });

  it('has the length that was announced when it has several parts', async () => {
    const { body, length, contentType } = multipartBody(
      handle,
      [
        { start: 0, end: 9 },
        { start: 100, end: 2_000_000 },
      ],
      content.length,
      'x/y',
      'limit',
    );
    expect(contentType).toBe('multipart/byteranges; boundary=limit');
    expect((await buffer(body)).length).toBe(length);
    expect(isClosed()).toBe(true);
  });
});
