import { ChangeDetectionStrategy, Component, inject, signal } from '@angular/core';
import { MatButtonModule } from '@angular/material/button';
import { Api, getOidcSignIn } from '#libs/api-client';
import { Session } from '../session/session';
import { Confirm } from '../shared/confirm';
import { sentenceOf } from '../shared/problem';

/** Lets a person give up the password of their account and sign in with the company from now on. */
@Component({
  selector: 'ods-company-link',
  changeDetection: ChangeDetectionStrategy.OnPush,
  imports: [MatButtonModule],
  template: `
    @if (label(); as name) {
      <h2 i18n>Or sign in with {{ name }}</h2>
      <p class="muted" i18n>Your password is removed, and your role comes from your groups there.</p>
      <button matButton="outlined" type="button" [disabled]="isBusy()" (click)="link()" i18n>Link with {{ name }}…</button>
      <p class="error" role="alert">{{ fault() }}</p>
    }
  `,
  styles: `
    :host {
      display: grid;
      gap: 12px;
    }
    h2 {
      font-size: 1rem;
    }
    p {
      margin: 0;
    }
    p:empty {
      display: none;
    }
  `,
})
export class CompanyLink {
  private readonly api = inject(Api);
  private readonly confirm = inject(Confirm);
  private readonly session = inject(Session);

  protected readonly label = signal('');
  protected readonly isBusy = signal(false);
  protected readonly fault = signal('');

  constructor() {
    void this.load();
  }

  protected async link(): Promise<void> {
    if (this.isBusy() || !(await this.confirm.ask(this.question()))) return;
    this.isBusy.set(true);
    this.fault.set('');
    try {
      location.assign(await this.session.linkWithCompany());
    } catch (error) {
      this.fault.set(sentenceOf(error));
      this.isBusy.set(false);
    }
  }

  private question() {
    const name = this.label();
    return {
      title: $localize`Link this account with ${name}?`,
      text: $localize`You sign in there next. After that your password here is worth nothing, and you are signed out everywhere else.`,
      action: $localize`Go to the sign-in`,
    };
  }

  private async load(): Promise<void> {
    try {
      const { enabled, label } = await this.api.invoke(getOidcSignIn, {});
      if (enabled) this.label.set(label);
    } catch (error) {
      this.fault.set(sentenceOf(error));
    }
  }
}
