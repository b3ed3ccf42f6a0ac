import { inject } from '@angular/core';
import { type CanActivateFn, Router } from '@angular/router';
import { Session } from './session';

/** Pages of the console: signed in, with a password of one's own. */
export const signedIn: CanActivateFn = async (_route, { url }) => {
  const session = inject(Session);
  const router = inject(Router);
  await session.start();
  if (session.state() === 'signed-in') return true;
  return session.state() === 'password-change'
    ? router.parseUrl('/set-password')
    : router.createUrlTree(['/sign-in'], { queryParams: { then: url } });
};

/** The sign-in page is for those who are not. */
export const signedOut: CanActivateFn = async ({ queryParamMap }) => {
  if (queryParamMap.has('refused')) return true; // why a sign-in with the company failed is said in any case
  const session = inject(Session);
  const router = inject(Router);
  await session.start();
  return session.state() === 'signed-in' ? router.parseUrl('/overview') : true;
};

export const hasToken: CanActivateFn = async () => {
  const session = inject(Session);
  const router = inject(Router);
  await session.start();
  return session.accessToken !== null ? true : router.parseUrl('/sign-in');
};

/** Pages that only administrators have a use for. */
export const administrator: CanActivateFn = async () => {
  const session = inject(Session);
  const router = inject(Router);
  await session.start();
  return session.isAdmin() ? true : router.parseUrl('/overview');
};
