import { HttpErrorResponse, type HttpEvent, type HttpHandlerFn, type HttpRequest } from '@angular/common/http';
import { inject } from '@angular/core';
import { catchError, from, type Observable, switchMap, tap, throwError } from 'rxjs';
import { Connection } from '../shell/connection';
import { Session } from './session';

const withoutToken = ['/api/admin/auth/login', '/api/admin/auth/refresh'];

const signed = (request: HttpRequest<unknown>, token: string | null): HttpRequest<unknown> =>
  token === null ? request : request.clone({ setHeaders: { Authorization: `Bearer ${token}` } });

/**
 * Sends the access token; when it has run out, refreshes it or asks to sign in again, and sends the request once more.
 * Every response, and the lack of one, shows whether the server is reachable.
 */
export function authInterceptor(request: HttpRequest<unknown>, next: HttpHandlerFn): Observable<HttpEvent<unknown>> {
  const session = inject(Session);
  const connection = inject(Connection);
  if (withoutToken.some((path) => request.url.endsWith(path))) return next(request);
  return next(signed(request, session.accessToken)).pipe(
    tap({ error: (error: unknown) => connection.note(error), complete: () => connection.note() }),
    catchError((error: unknown) => {
      const hasExpired = error instanceof HttpErrorResponse && error.status === 401 && session.accessToken !== null;
      if (!hasExpired || request.url.endsWith('/auth/logout')) return throwError(() => error);
      return from(renew(session)).pipe(switchMap(() => next(signed(request, session.accessToken))));
    }),
  );
}

async function renew(session: Session): Promise<void> {
  if (!(await session.refresh())) await session.signInAgain();
}
