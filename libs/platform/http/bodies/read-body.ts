import type { IncomingMessage } from 'node:http';
import type { BodyTicket } from './body-budget.js';
import { BodyIncomplete, BodyTooLarge, BodyTooSlow } from './body-errors.js';
import type { BodyLimits } from './body-limits.js';

const MS = 1_000;

/**
 * The whole body of a request. Throws BodyTooLarge, BodyTooSlow, BodyIncomplete and TooManyBodies; what is still to come is not kept then.
 * The ticket is the caller's to end.
 */
export function readBody(request: IncomingMessage, limits: BodyLimits, ticket: BodyTicket): Promise<Buffer> {
  const announced = request.headers['content-length'] === undefined ? null : Number(request.headers['content-length']);
  if (announced !== null && announced > limits.maxBytes) return Promise.reject(new BodyTooLarge(limits.maxBytes));
  return new Promise((resolve, reject) => {
    const pieces: Buffer[] = [];
    let size = 0;
    const late = (seconds: number) => () => finish(new BodyTooSlow(seconds));
    const total = setTimeout(late(limits.maxSeconds), limits.maxSeconds * MS);
    const idle = setTimeout(late(limits.maxIdleSeconds), limits.maxIdleSeconds * MS);
    const finish = (fault?: Error): void => {
      clearTimeout(total);
      clearTimeout(idle);
      request.off('data', onData).off('end', onEnd).off('error', onCut).off('close', onCut);
      if (fault) {
        request.on('error', () => undefined); // its end is known already
        reject(fault);
      } else resolve(pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces, size));
    };
    const onData = (piece: Buffer): void => {
      idle.refresh();
      size += piece.length;
      if (size > limits.maxBytes) return finish(new BodyTooLarge(limits.maxBytes));
      try {
        ticket.grow(piece.length);
      } catch (error) {
        return finish(error as Error);
      }
      pieces.push(piece);
    };
    const onEnd = (): void => finish(announced !== null && announced !== size ? new BodyIncomplete() : undefined);
    const onCut = (): void => finish(new BodyIncomplete());
    request.on('data', onData).on('end', onEnd).on('error', onCut).on('close', onCut);
    request.resume();
  });
}
