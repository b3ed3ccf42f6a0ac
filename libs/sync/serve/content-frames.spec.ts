import { randomBytes } from 'node:crypto';
import { type Frame, frameHead, readFrames } from './content-frames.js';

const uuidOf = (digit: string): string => digit.repeat(32);

/** As the network cuts it. */
async function* inPieces(bytes: Buffer, length: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += length) yield await Promise.resolve(bytes.subarray(at, at + length));
}

async function read(bytes: Buffer, sizes: Record<string, number>, pieceLength = 7): Promise<Frame[]> {
  const frames: Frame[] = [];
  for await (const frame of readFrames(inPieces(bytes, pieceLength), new Map(Object.entries(sizes)))) frames.push(frame);
  return frames;
}

describe('a batch of contents', () => {
  const [first, second, empty] = [uuidOf('a'), uuidOf('b'), uuidOf('c')];
  const [one, two] = [randomBytes(100), randomBytes(33)];
  const wire = Buffer.concat([frameHead(first, 100), one, frameHead(empty, 0), frameHead(second, 33), two]);
  const sizes = { [first]: 100, [second]: 33, [empty]: 0 };

  it.each([1, 7, 24, 25, 1_000])('is read whole from pieces of %i bytes', async (length) => {
    expect((await read(wire, sizes, length)).map(({ uuid, bytes }) => [uuid, bytes.toString('hex')])).toEqual([
      [first, one.toString('hex')],
      [empty, ''],
      [second, two.toString('hex')],
    ]);
  });

  it('may leave out what the peer does not have', async () => {
    expect(await read(Buffer.alloc(0), sizes)).toEqual([]);
    expect(await read(Buffer.concat([frameHead(second, 33), two]), sizes)).toHaveLength(1);
  });

  it.each([
    ['a content that was not asked for', Buffer.concat([frameHead(uuidOf('d'), 100), one]), /not asked for/],
    ['a length that is not the entry’s', frameHead(first, 2 ** 40), /not asked for/],
    ['the same content again', Buffer.concat([frameHead(first, 100), one, frameHead(first, 100), one]), /not asked for/],
    ['a content that is cut off', Buffer.concat([frameHead(first, 100), one.subarray(0, 99)]), /in the middle/],
    ['a head that is cut off', frameHead(first, 100).subarray(0, 10), /in the middle/],
  ])('is refused with %s', async (_what, bytes, message) => {
    await expect(read(bytes, sizes)).rejects.toThrow(message);
  });
});
