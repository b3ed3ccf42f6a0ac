import { randomBytes } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import { scratchDir } from '../../../test/support/services.js';
import { blockDigest } from '#libs/platform/crypto/block-digest.js';
import { type HashAnswer, type HashRequest, type HashWorkerData, hashWorkerSource } from './hash-worker.js';

describe('a hashing thread on a platform without compiled code for BLAKE3', () => {
  let worker: Worker;
  let handle: FileHandle;

  beforeAll(async () => {
    const workerData: HashWorkerData = {
      blake3: { file: createRequire(import.meta.url).resolve('@noble/hashes/blake3.js'), isNative: false },
    };
    worker = new Worker(hashWorkerSource(), { eval: true, workerData });
    handle = await open(path.join(scratchDir('portable'), 'file'), 'w+');
  });
  afterAll(async () => {
    await worker.terminate();
    await handle.close();
  });

  const ask = (request: HashRequest): Promise<HashAnswer> =>
    new Promise((resolve) => {
      worker.once('message', resolve);
      worker.postMessage(request);
    });

  it('still verifies the lists of others, with the same result', async () => {
    worker.postMessage({
      op: 'open',
      session: 1,
      fd: handle.fd,
      hashing: { algorithm: 'blake3', sha1: false, whole: false },
    } satisfies HashRequest);
    const data = randomBytes(70_000);
    const bytes = new SharedArrayBuffer(data.length);
    new Uint8Array(bytes).set(data);
    const block = { op: 'block', session: 1, index: 0, bytes, length: data.length } as const;
    const expected = blockDigest('blake3', data);
    expect(await ask({ ...block, ticket: 1, expected: blockDigest('blake3', randomBytes(9)) })).toEqual({
      session: 1,
      ticket: 1,
      matches: false,
    });
    const answer = await ask({ ...block, ticket: 2, expected });
    expect(answer).toMatchObject({ session: 1, ticket: 2, matches: true });
    expect(Buffer.from(answer.digest!).equals(expected)).toBe(true);
  });
});
