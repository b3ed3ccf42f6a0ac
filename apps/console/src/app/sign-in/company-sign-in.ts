import { ChangeDetectionStrategy, Component, inject, input, signal } from '@angular/core';
import { MatButtonModule } from '@angular/material/button';
import { Api, getOidcSignIn } from '#libs/api-client';
import { Session } from '../session/session';
import { sentenceOf } from '../shared/problem';

/** The button that leads to the sign-in page of the company; nothing where that is switched off. */
@Component({
  selector: 'ods-company-sign-in',
  changeDetection: ChangeDetectionStrategy.OnPush,
  imports: [MatButtonModule],
  template: `
    @if (label(); as name) {
      <div class="or" aria-hidden="true"><span i18n>or</span></div>
      <button matButton="outlined" type="button" [disabled]="isBusy()" (click)="leave()" i18n>Sign in with {{ name }}</button>
      <ng-content />
      <p class="error" role="alert">{{ fault() }}</p>
    }
  `,
  styles: `
    :host {
      display: grid;
      gap: 12px;
    }
    :host:empty {
      display: none;
    }
    .or {
      display: flex;
      align-items: center;
      gap: 12px;
      color: var(--ods-muted);
    }
    .or::before,
    .or::after {
      content: '';
      flex: 1;
      border-top: 1px solid var(--ods-line);
    }
    p {
      margin: 0;
    }
  `,
})
export class CompanySignIn {
  private readonly api = inject(Api);
  private readonly session = inject(Session);

  /** The page to come back to. */
  readonly then = input<string>();

  protected readonly label = signal('');
  protected readonly isBusy = signal(false);
  protected readonly fault = signal('');

  constructor() {
    void this.load();
  }

  protected async leave(): Promise<void> {
    if (this.isBusy()) return;
    this.isBusy.set(true);
    this.fault.set('');
    try {
      location.assign(await this.session.beginWithCompany(this.then()));
    } catch (error) {
      this.fault.set(sentenceOf(error));
      this.isBusy.set(false);
    }
  }

  /** A failure is not shown: the form for local accounts is there in any case, and says what is wrong. */
  private async load(): Promise<void> {
    try {
      const { enabled, label } = await this.api.invoke(getOidcSignIn, {});
      if (enabled) this.label.set(label);
    } catch {
      this.label.set('');
    }
  }
}
