import { HttpErrorResponse } from '@angular/common/http';

interface FieldFault {
  readonly pointer: string;
  readonly detail: string;
}

interface ProblemBody {
  readonly type?: string;
  readonly detail?: string;
  readonly errors?: readonly FieldFault[];
}

const bodyOf = (error: unknown): ProblemBody => {
  const body: unknown = error instanceof HttpErrorResponse ? error.error : null;
  if (typeof body === 'string') {
    try {
      return JSON.parse(body) as ProblemBody;
    } catch {
      return {};
    }
  }
  return typeof body === 'object' && body !== null ? (body as ProblemBody) : {};
};

/** What went wrong and what to do about it, in one sentence for people. */
export function sentenceOf(error: unknown): string {
  if (error instanceof HttpErrorResponse && error.status === 0)
    return $localize`The server does not answer. Check that it is running and that you are connected.`;
  return (
    bodyOf(error).detail ??
    (error instanceof HttpErrorResponse
      ? $localize`The server answered ${error.status}. Try again; if it stays so, read the server's log.`
      : $localize`Something went wrong in this page. Reload it and try again.`)
  );
}

/** The stable name of the problem: `filename-taken`. Null when there is none. */
export function codeOf(error: unknown): string | null {
  return /^urn:ods:problem:(.+)$/.exec(bodyOf(error).type ?? '')?.[1] ?? null;
}

/** What is wrong with one field of a form; null when nothing is. */
export function faultOf(error: unknown, field: string): string | null {
  return bodyOf(error).errors?.find(({ pointer }) => pointer === `/${field}`)?.detail ?? null;
}
