import { afterNextRender, ChangeDetectionStrategy, Component, type ElementRef, inject, output, signal, viewChild } from '@angular/core';
import { FormsModule } from '@angular/forms';
import { MatButtonModule } from '@angular/material/button';
import { MatFormFieldModule } from '@angular/material/form-field';
import { MatInputModule } from '@angular/material/input';
import { Session } from '../session/session';
import { codeOf, sentenceOf } from '../shared/problem';

/** User name and password; used by the page and by the dialog that asks again. */
@Component({
  selector: 'ods-sign-in-form',
  changeDetection: ChangeDetectionStrategy.OnPush,
  imports: [FormsModule, MatButtonModule, MatFormFieldModule, MatInputModule],
  template: `
    <form (ngSubmit)="submit()">
      <mat-form-field appearance="outline">
        <mat-label i18n>User name</mat-label>
        <input
          matInput
          name="username"
          autocomplete="username"
          required
          autocapitalize="none"
          spellcheck="false"
          [(ngModel)]="username"
          #name
        />
      </mat-form-field>
      <mat-form-field appearance="outline">
        <mat-label i18n>Password</mat-label>
        <input
          matInput
          name="password"
          [type]="isShown() ? 'text' : 'password'"
          autocomplete="current-password"
          required
          [(ngModel)]="password"
        />
        <button matButton matSuffix type="button" class="show" [attr.aria-pressed]="isShown()" (click)="isShown.set(!isShown())">
          <ng-container i18n>Show</ng-container><span class="visually-hidden" i18n>&ngsp;password</span>
        </button>
      </mat-form-field>
      @if (needsCode()) {
        <mat-form-field appearance="outline">
          <mat-label i18n>Code from the server's log</mat-label>
          <input matInput name="code" autocomplete="one-time-code" autocapitalize="characters" spellcheck="false" [(ngModel)]="code" />
        </mat-form-field>
      }
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
    .show {
      margin-right: 8px;
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
  private readonly name = viewChild.required<ElementRef<HTMLInputElement>>('name');

  protected readonly username = signal('');
  protected readonly password = signal('');
  /** For the first sign-in from another machine, when the server asks for it. */
  protected readonly code = signal('');
  protected readonly needsCode = signal(false);
  protected readonly isShown = signal(false);
  protected readonly isBusy = signal(false);
  protected readonly fault = signal('');

  constructor() {
    afterNextRender(() => this.name().nativeElement.focus());
  }

  protected async submit(): Promise<void> {
    if (this.isBusy()) return;
    if (!this.username() || !this.password()) {
      this.fault.set($localize`Enter your user name and your password.`);
      return;
    }
    this.isBusy.set(true);
    this.fault.set('');
    try {
      await this.session.signIn(this.username(), this.password(), this.code() || undefined);
      this.signedIn.emit();
    } catch (error) {
      this.fault.set(sentenceOf(error));
      if (codeOf(error) === 'first-sign-in-elsewhere') this.needsCode.set(true);
      else this.password.set('');
    } finally {
      this.isBusy.set(false);
    }
  }
}
