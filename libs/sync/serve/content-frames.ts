/** Before each content of a batch: its uuid and its length. */
const HEAD_BYTES = 24;
const UUID_BYTES = 16;

/** One content of a batch, as it travels. */
export interface Frame {
  readonly uuid: string;
  readonly bytes: Buffer;
}

/** A batch was not what was asked for: longer, cut off, or of other contents. */
export class BatchMalformed extends Error {
  override readonly name = 'BatchMalformed';
}

export function frameHead(uuid: string, length: number): Buffer {
  const head = Buffer.alloc(HEAD_BYTES);
  head.write(uuid, 'hex');
  head.writeBigUInt64BE(BigInt(length), UUID_BYTES);
  return head;
}

/**
 * Reads a batch piece by piece. It holds no more than what was asked for, whatever the peer sends: `sizes` says how long each content
 * is, and each may come once. `onCut` gets the beginning of one that did not come whole. Throws BatchMalformed.
 */
export async function* readFrames(
  body: AsyncIterable<Buffer>,
  sizes: ReadonlyMap<string, number>,
  onCut: (begun: Frame) => Promise<void> = () => Promise.resolve(),
): AsyncGenerator<Frame> {
  const left = new Map(sizes);
  let rest: Buffer = Buffer.alloc(0);
  let head: { uuid: string; length: number } | null = null;
  try {
    yield* read();
  } finally {
    const begun = head as { uuid: string } | null; // assigned in `read`, which the compiler does not follow
    if (begun && rest.length > 0) await onCut({ uuid: begun.uuid, bytes: rest });
  }
  async function* read(): AsyncGenerator<Frame> {
    for await (const piece of body) {
      rest = rest.length === 0 ? piece : Buffer.concat([rest, piece]);
      for (;;) {
        if (head === null && rest.length >= HEAD_BYTES) {
          head = readHead(rest, left);
          rest = rest.subarray(HEAD_BYTES);
        }
        if (head === null || rest.length < head.length) break;
        yield { uuid: head.uuid, bytes: rest.subarray(0, head.length) };
        rest = rest.subarray(head.length);
        head = null;
      }
    }
    if (head !== null || rest.length > 0) throw new BatchMalformed('The batch ended in the middle of a content.');
  }
}

function readHead(bytes: Buffer, left: Map<string, number>): { uuid: string; length: number } {
  const uuid = bytes.toString('hex', 0, UUID_BYTES);
  const length = left.get(uuid);
  if (length === undefined || bytes.readBigUInt64BE(UUID_BYTES) !== BigInt(length))
    throw new BatchMalformed('The batch has a content that was not asked for.');
  left.delete(uuid);
  return { uuid, length };
}
