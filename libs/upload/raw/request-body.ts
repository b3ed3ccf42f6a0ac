import type { IncomingMessage } from 'node:http';
import { SourceCut } from '#libs/platform/storage/write-all.js';
import { UploadCut, UploadStalled } from '../upload.errors.js';

/**
 * Runs `work`, which reads the body of a request. Its signal is aborted with UploadStalled when nothing arrives for `idleMs`; while our
 * own disk is what is waited for, the sender is not to blame. Throws UploadCut when the connection breaks. What still comes of the
 * body afterwards is read and dropped, so that the client sees the answer.
 */
export async function whileBodyArrives<T>(request: IncomingMessage, idleMs: number, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const stall = new AbortController();
  let seenBytes = request.socket.bytesRead;
  let seenMs = performance.now();
  const check = (): void => {
    const { bytesRead } = request.socket;
    if (bytesRead !== seenBytes || request.isPaused()) {
      seenBytes = bytesRead;
      seenMs = performance.now();
    } else if (performance.now() - seenMs >= idleMs) stall.abort(new UploadStalled(Math.round(idleMs / 1_000)));
  };
  const timer = setInterval(check, Math.max(10, idleMs / 8));
  try {
    return await work(stall.signal);
  } catch (error) {
    throw isBroken(error, request) ? new UploadCut() : error;
  } finally {
    clearInterval(timer);
    request.resume();
  }
}

const isBroken = (error: unknown, request: IncomingMessage): boolean =>
  error instanceof SourceCut || (error instanceof Error && error === request.errored);
