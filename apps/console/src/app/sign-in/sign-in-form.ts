import { ChangeDetectionStrategy, Component, inject, output, signal } from '@angular/core';
import { FormsModule } from '@angular/forms';
import { MatButtonModule } from '@angular/material/button';
import { MatFormFieldModule } from '@angular/material/form-field';
import { MatInputModule } from '@angular/material/input';
import { Session } from '../session/session';
import { sentenceOf } from '../shared/problem';

/** User name and password; used by the page and by the dialog that asks again. */
@Component({
  selector: 'ods-sign-in-form',
  changeDetection: ChangeDetectionStrategy.OnPush,
  imports: [FormsModule, MatButtonModule, MatFormFieldModule, MatInputModule],
  template: `
    <form (ngSubmit)="submit()">
      <mat-form-field appearance="outline">
        <mat-label i18n>User name</mat-label>
        <input matInput name="username" autocomplete="username" required autocapitalize="none" spellcheck="false" [(ngModel)]="username" />
      </mat-form-field>
      <mat-form-field appearance="outline">
        <mat-label i18n>Password</mat-label>
        <input matInput name="password" type="password" autocomplete="current-password" required [(ngModel)]="password" />
      </mat-form-field>
      <p class="error" role="alert">{{ fault() }}</p>
      <button matButton="filled" type="submit" [disabled]="isBusy()">
        @if (isBusy()) {
          <ng-container i18n>Signing in…</ng-container>
        } @else {
          <ng-container i18n>Sign in</ng-container>
        }
      </button>
    </form>
  `,
  styles: `
    form {
      display: grid;
      gap: 4px;
    }
    p {
      margin: 0 0 8px;
      min-height: 1.5em;
    }
  `,
})
export class SignInForm {
  private readonly session = inject(Session);

  readonly signedIn = output();

  protected readonly username = signal('');
  protected readonly password = signal('');
  protected readonly isBusy = signal(false);
  protected readonly fault = signal('');

  protected async submit(): Promise<void> {
    if (this.isBusy()) return;
    if (!this.username() || !this.password()) {
      this.fault.set($localize`Enter your user name and your password.`);
      return;
    }
    this.isBusy.set(true);
    this.fault.set('');
    try {
      await this.session.signIn(this.username(), this.password());
      this.signedIn.emit();
    } catch (error) {
      this.fault.set(sentenceOf(error));
      this.password.set('');
    } finally {
      this.isBusy.set(false);
    }
  }
}
