import type { Readable } from 'node:stream';
import { PeerUnreachable } from '../peers.errors.js';

/** Gives a body's pieces, and fails when none comes for `idleMs`: a stalled peer must not hold anybody. What the reader does meanwhile does not count. */
export async function* whileItFlows(body: Readable, idleMs: number, name: string): AsyncGenerator<Buffer> {
  const pieces = (body as AsyncIterable<Buffer>)[Symbol.asyncIterator]();
  const stop = () => body.destroy(new PeerUnreachable(silenceOf(name, idleMs)));
  for (;;) {
    const timer = setTimeout(stop, idleMs);
    const { done, value } = await pieces.next().finally(() => clearTimeout(timer));
    if (done) return;
    yield value;
  }
}

export const silenceOf = (name: string, idleMs: number): string => `${name} sent nothing for ${Math.round(idleMs / 1_000)} seconds.`;
