import { ChangeDetectionStrategy, Component, inject, signal } from '@angular/core';
import { MatButtonModule } from '@angular/material/button';
import { Api, endOidcSession } from '#libs/api-client';
import { sentenceOf } from '../shared/problem';

/** Offers to end the session at the company, too, to whoever has just signed out here. */
@Component({
  selector: 'ods-company-sign-out',
  changeDetection: ChangeDetectionStrategy.OnPush,
  imports: [MatButtonModule],
  template: `
    <p role="status">
      @if (isOver()) {
        <ng-container i18n>You are signed out here. The company has no page to sign out; close the browser to be sure.</ng-container>
      } @else {
        <ng-container i18n>You are signed out here, but not at the company.</ng-container>
      }
    </p>
    @if (!isOver()) {
      <button matButton="outlined" type="button" [disabled]="isBusy()" (click)="leave()" i18n>Sign out of the company, too</button>
    }
    <p class="error" role="alert">{{ fault() }}</p>
  `,
  styles: `
    :host {
      display: grid;
      gap: 12px;
    }
    p {
      margin: 0;
    }
    p:empty {
      display: none;
    }
  `,
})
export class CompanySignOut {
  private readonly api = inject(Api);

  protected readonly isBusy = signal(false);
  protected readonly isOver = signal(false);
  protected readonly fault = signal('');

  protected async leave(): Promise<void> {
    if (this.isBusy()) return;
    this.isBusy.set(true);
    this.fault.set('');
    try {
      const { url } = await this.api.invoke(endOidcSession, {});
      if (url !== null) return location.assign(url);
      this.isOver.set(true);
    } catch (error) {
      this.fault.set(sentenceOf(error));
    }
    this.isBusy.set(false);
  }
}
