import { computed, inject, Injectable, signal } from '@angular/core';
import { Api, beginOidcSignIn, changePassword, getMe, linkOidcAccount, login, logout, refresh, type MeDto } from '#libs/api-client';

/** `unknown` until the first refresh was tried; `expired` while the user is asked to sign in again without leaving the page. */
export type SessionState = 'unknown' | 'signed-out' | 'password-change' | 'signed-in' | 'expired';

/** Says that there may be a refresh cookie, which scripts cannot see: without it no request is made, and no 401 stands in the log. */
const HINT = 'ods-signed-in';

/** Who is signed in. The access token is only kept in memory; the refresh token is a cookie that scripts cannot read. */
@Injectable({ providedIn: 'root' })
export class Session {
  private readonly api = inject(Api);
  private token: string | null = null;
  private refreshing: Promise<boolean> | undefined;
  private readonly waiting: (() => void)[] = [];
  private readonly current = signal<SessionState>('unknown');
  private readonly who = signal<MeDto | null>(null);

  readonly state = this.current.asReadonly();
  readonly me = this.who.asReadonly();
  readonly mayPublish = computed(() => this.who()?.role !== undefined && this.who()?.role !== 'viewer');
  readonly isAdmin = computed(() => this.who()?.role === 'admin');

  get accessToken(): string | null {
    return this.token;
  }

  /** Finds out whether the browser is still signed in. */
  async start(): Promise<void> {
    if (this.current() !== 'unknown') return;
    if (localStorage.getItem(HINT) === null || !(await this.refresh())) this.current.set('signed-out');
  }

  /** `code` is for the first sign-in from another machine. */
  async signIn(username: string, password: string, code?: string): Promise<void> {
    const body = code === undefined ? { username, password } : { username, password, code };
    const { access_token, password_change_required } = await this.api.invoke(login, { body });
    await this.accept(access_token, password_change_required);
  }

  /** Answers the sign-in page of the company; from there the browser comes back to `then`, signed in by the cookie. */
  async beginWithCompany(then?: string): Promise<string> {
    const { url } = await this.api.invoke(beginOidcSignIn, { body: then === undefined ? {} : { then } });
    localStorage.setItem(HINT, 'yes');
    return url;
  }

  /** Answers the sign-in page of the company, which the account belongs to once the browser has signed in there. */
  async linkWithCompany(): Promise<string> {
    return (await this.api.invoke(linkOidcAccount, {})).url;
  }

  /** Throws what the server says against the new password. */
  async setPassword(current: string, next: string): Promise<void> {
    await this.api.invoke(changePassword, { body: { current_password: current, new_password: next } });
    await this.accept(this.token!, false);
  }

  async signOut(): Promise<void> {
    try {
      await this.api.invoke(logout, {});
    } finally {
      this.forget('signed-out');
    }
  }

  /** A new access token for the cookie; false when the sign-in has ended. All who ask at once share one call. */
  refresh(): Promise<boolean> {
    this.refreshing ??= this.refreshOnce().finally(() => {
      this.refreshing = undefined;
    });
    return this.refreshing;
  }

  /** Asks for a new sign-in on top of the page, and waits for it: nothing that was typed is lost. */
  signInAgain(): Promise<void> {
    this.current.set('expired');
    return new Promise((resolve) => this.waiting.push(resolve));
  }

  private async refreshOnce(): Promise<boolean> {
    try {
      const { access_token, password_change_required } = await this.api.invoke(refresh, {});
      await this.accept(access_token, password_change_required);
      return true;
    } catch {
      return false; // whatever the reason: without a new token there is no sign-in
    }
  }

  private async accept(token: string, mustChangePassword: boolean): Promise<void> {
    this.token = token;
    localStorage.setItem(HINT, 'yes');
    this.who.set(await this.api.invoke(getMe, {}));
    this.current.set(mustChangePassword ? 'password-change' : 'signed-in');
    for (const resolve of this.waiting.splice(0)) resolve();
  }

  private forget(state: SessionState): void {
    this.token = null;
    localStorage.removeItem(HINT);
    this.who.set(null);
    this.current.set(state);
  }
}
