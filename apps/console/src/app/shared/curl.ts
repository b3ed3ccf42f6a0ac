import type { HttpClient, HttpRequest } from '@angular/common/http';
import { EMPTY, type Observable } from 'rxjs';
import { baseUrl } from './base';

/** An operation of the generated client. */
export type Operation<P> = (http: HttpClient, rootUrl: string, params: P) => Observable<unknown>;

/** A text as one word of a POSIX shell. */
export const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

const TOKEN = `-H "Authorization: Bearer $ODS_TOKEN"`;

/** The same call as a command for a shell. The generated client builds the request, so the two cannot differ. */
export function curlOf<P>(operation: Operation<P>, params: P, origin = baseUrl()): string {
  const request = requestOf(operation, params, origin);
  const parts = ['curl', ...(request.method === 'GET' ? [] : ['-X', request.method]), TOKEN];
  if (request.body !== null) parts.push('-H', quoted('content-type: application/json'), '-d', quoted(JSON.stringify(request.body)));
  return [...parts, quoted(request.urlWithParams)].join(' ');
}

/** An upload as a command; it names the file where the shell is. */
export function uploadCurl(filename: string, stage: string | null, origin = baseUrl()): string {
  const fields = ['-F', quoted(`file=@${filename}`), ...(stage === null ? [] : ['-F', quoted(`stage=${stage}`)])];
  return ['curl', TOKEN, ...fields, quoted(`${origin}/api/admin/upload`)].join(' ');
}

function requestOf<P>(operation: Operation<P>, params: P, origin: string): HttpRequest<unknown> {
  let built: HttpRequest<unknown> | undefined;
  const recorder = {
    request(request: HttpRequest<unknown>): Observable<never> {
      built = request;
      return EMPTY;
    },
  };
  operation(recorder as unknown as HttpClient, origin, params);
  if (!built) throw new Error('The operation made no request.');
  return built;
}
