import { computed, signal } from '@angular/core';
import type { JamfConnectionDto, JamfSignInDto } from '#libs/api-client';

type Auth = JamfSignInDto['auth'];

/** The form's values before they are saved. */
export class JamfForm {
  readonly url = signal('');
  readonly auth = signal<Auth>('client');
  readonly clientId = signal('');
  readonly secret = signal('');

  /** What PUT and the test take. Without a secret the saved one counts. */
  readonly body = computed((): JamfSignInDto => ({
    ...{ url: this.url().trim(), auth: this.auth(), client_id: this.clientId().trim() },
    ...(this.secret() === '' ? {} : { secret: this.secret() }),
  }));

  /** The saved values; the secret never comes. */
  fill({ url, auth, client_id: clientId }: JamfConnectionDto): void {
    this.url.set(url);
    this.auth.set(auth);
    this.clientId.set(clientId);
    this.secret.set('');
  }
}
