import { HttpClient, HttpErrorResponse, HttpEventType, HttpRequest, type HttpEvent } from '@angular/common/http';
import { inject, Injectable } from '@angular/core';
import { catchError, concat, concatAll, defer, EMPTY, from, map, mergeMap, type Observable, of, retry, throwError, timer } from 'rxjs';
import { Api, beginResumableUpload, cancelResumableUpload, continueResumableUpload, getResumableUpload } from '#libs/api-client';
import { codeOf } from '../shared/problem';
import type { Stage } from './status-words';
import { basePath } from '../shared/base';

/** A file to send, and where it is sent to once that is known. */
export interface Shipment {
  readonly file: File;
  readonly stage: Stage | null;
  readonly replaces: boolean;
  /** Names the begun upload at the server; null: not begun. */
  readonly address: string | null;
}

export type SendEvent =
  | { readonly kind: 'placed'; readonly address: string; readonly sent: number }
  | { readonly kind: 'sent'; readonly sent: number }
  | { readonly kind: 'done'; readonly existed: boolean };

/** One request carries no more: proxies have limits, and a broken one costs no more than this. */
const PIECE_BYTES = 64 * 1_048_576;
const LEAST_PIECE_BYTES = 64 * 1_024;
const LONGEST_WAIT_MS = 15_000;
const tus = { 'Tus-Resumable': '1.0.0' } as const;

/** Worth another try: the server or the line is away, or the request before this one has not ended there yet. */
export const isPassing = (error: unknown): boolean =>
  error instanceof HttpErrorResponse &&
  ([0, 408, 423, 429, 502, 503, 504].includes(error.status) || codeOf(error) === 'upload-offset-conflict');

/** A proxy on the way takes no body of that length; ODS itself says why in a problem document. */
export const isTooLongForProxy = (error: unknown): boolean =>
  error instanceof HttpErrorResponse && error.status === 413 && codeOf(error) === null;

const isGone = (error: unknown): boolean => error instanceof HttpErrorResponse && [404, 410].includes(error.status);

/** `filename Zm9v,stage UHJvZA==` */
export function metadataOf({ file, stage, replaces }: Shipment): string {
  const pairs: [string, string][] = [['filename', file.name]];
  if (stage !== null) pairs.push(['stage', stage]);
  if (replaces) pairs.push(['replace', 'true']);
  return pairs.map(([key, value]) => `${key} ${btoa(String.fromCharCode(...new TextEncoder().encode(value)))}`).join(',');
}

/** Sends a file so that nothing is sent twice: asks for the offset and resumes there. Ending the subscription pauses it. */
@Injectable({ providedIn: 'root' })
export class ResumableSender {
  private readonly api = inject(Api);
  private readonly http = inject(HttpClient);
  /** What proxies on the way were seen to let through. */
  private pieceBytes = PIECE_BYTES;

  send(shipment: Shipment): Observable<SendEvent> {
    let { address } = shipment;
    const begin = () =>
      defer(() => from(this.begin(shipment))).pipe(
        map((begun) => {
          address = begun;
          return 0;
        }),
      );
    const place = defer(() =>
      address === null
        ? begin()
        : from(this.offsetOf(address)).pipe(catchError((error) => (isGone(error) ? begin() : throwError(() => error)))),
    );
    return place.pipe(
      mergeMap((sent) => concat(of({ kind: 'placed', address: address!, sent } as const), this.pieces(shipment.file, address!, sent))),
      retry({
        delay: (error, count) => (isPassing(error) ? timer(Math.min(LONGEST_WAIT_MS, 500 * 2 ** count)) : throwError(() => error as Error)),
        resetOnSuccess: true,
      }),
    );
  }

  /** Throws nothing: what the server no longer knows is forgotten already, and the rest it forgets in time. */
  async forget(address: string): Promise<void> {
    try {
      await this.api.invoke(cancelResumableUpload, { id: address, ...tus });
    } catch (error) {
      if (!isGone(error) && !isPassing(error)) throw error;
    }
  }

  private async begin(shipment: Shipment): Promise<string> {
    const params = { ...tus, 'Upload-Length': shipment.file.size, 'Upload-Metadata': metadataOf(shipment) };
    const { headers } = await this.api.invoke$Response(beginResumableUpload, params);
    const address = headers.get('Location')?.split('/').at(-1);
    if (!address) throw new Error('The server did not say where to send the file.');
    return address;
  }

  private async offsetOf(id: string): Promise<number> {
    const { headers } = await this.api.invoke$Response(getResumableUpload, { id, ...tus });
    return Number(headers.get('Upload-Offset'));
  }

  private pieces(file: File, address: string, offset: number): Observable<SendEvent> {
    if (offset >= file.size) return of({ kind: 'done', existed: false }); // the answer to the last piece was lost
    const headers = { ...tus, 'Upload-Offset': String(offset), 'Content-Type': 'application/offset+octet-stream' };
    const url = basePath() + continueResumableUpload.PATH.replace('{id}', address);
    const body = file.slice(offset, offset + this.pieceBytes);
    const request = new HttpRequest('PATCH', url, body, { reportProgress: true, responseType: 'text' });
    const headed = request.clone({ setHeaders: headers });
    return this.http.request(headed).pipe(
      map((event) => this.after(event, file, address, offset)),
      catchError((error) => {
        if (!isTooLongForProxy(error) || body.size <= LEAST_PIECE_BYTES) return throwError(() => error as Error);
        // Later pieces may have made it smaller already.
        this.pieceBytes = Math.max(LEAST_PIECE_BYTES, Math.min(this.pieceBytes, Math.floor(body.size / 2)));
        return of(this.pieces(file, address, offset));
      }),
      concatAll(),
    );
  }

  private after(event: HttpEvent<unknown>, file: File, address: string, offset: number): Observable<SendEvent> {
    if (event.type === HttpEventType.UploadProgress) return of({ kind: 'sent', sent: offset + event.loaded });
    if (event.type !== HttpEventType.Response) return EMPTY;
    const safe = Number(event.headers.get('Upload-Offset'));
    if (safe < file.size) return this.pieces(file, address, safe);
    return of({ kind: 'done', existed: event.headers.get('ODS-Already-Existed') === 'true' });
  }
}
