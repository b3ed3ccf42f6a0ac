import type { IncomingMessage } from 'node:http';
import { UploadCut, UploadStalled } from '../upload.errors.js';
import { UploadInterrupted } from './resumable.errors.js';

/**
 * The body of a request as it arrives. Throws UploadCut when the line breaks, UploadStalled when nothing comes for `idleMs`, and
 * UploadInterrupted when the signal says so. The request itself is left alone, so that an answer can still be given.
 */
export async function* requestPieces(request: IncomingMessage, signal: AbortSignal, idleMs: number): AsyncGenerator<Buffer> {
  const end = endOf(request, signal, idleMs);
  const pieces = request.iterator({ destroyOnReturn: false })[Symbol.asyncIterator]();
  try {
    for (;;) {
      const next = await Promise.race([pieces.next(), end.comes]).catch((error: unknown) => {
        throw isBrokenLine(error) ? new UploadCut() : error;
      });
      if (next.done) return;
      end.postpone();
      yield next.value as Buffer;
    }
  } finally {
    end.forget();
    pieces.return?.().catch(() => undefined); // lets go of the stream, as soon as no piece is awaited any more
  }
}

const isBrokenLine = (error: unknown): boolean =>
  ['ECONNRESET', 'ERR_STREAM_PREMATURE_CLOSE', 'EPIPE', 'HPE_INVALID_EOF_STATE'].includes((error as NodeJS.ErrnoException).code ?? '');

/** The ways in which a body ends before its end. */
function endOf(request: IncomingMessage, signal: AbortSignal, idleMs: number) {
  let reject: (error: Error) => void = () => undefined;
  const comes = new Promise<never>((_resolve, fail) => (reject = fail));
  comes.catch(() => undefined); // also when it is not awaited at that moment
  const interrupted = (): void => reject(new UploadInterrupted());
  const closed = (): void => {
    if (!request.complete) reject(new UploadCut());
  };
  const timer = setTimeout(() => reject(new UploadStalled(Math.round(idleMs / 1_000))), idleMs);
  signal.addEventListener('abort', interrupted);
  request.once('close', closed);
  if (signal.aborted) interrupted();
  if (request.destroyed) closed();
  return {
    comes,
    postpone: (): void => void timer.refresh(),
    forget: (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', interrupted);
      request.removeListener('close', closed);
    },
  };
}
