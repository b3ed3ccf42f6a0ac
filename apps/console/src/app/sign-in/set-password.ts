import { ChangeDetectionStrategy, Component, computed, inject, input, signal } from '@angular/core';
import { FormsModule } from '@angular/forms';
import { MatButtonModule } from '@angular/material/button';
import { MatFormFieldModule } from '@angular/material/form-field';
import { MatInputModule } from '@angular/material/input';
import { Router } from '@angular/router';
import { Session } from '../session/session';
import { CompanyLink } from './company-link';
import { refusalWords } from './refusal-words';
import { sentenceOf } from '../shared/problem';

const LEAST = 12;

@Component({
  changeDetection: ChangeDetectionStrategy.OnPush,
  imports: [CompanyLink, FormsModule, MatButtonModule, MatFormFieldModule, MatInputModule],
  template: `
    <main class="card">
      <h1 i18n>Set a new password</h1>
      @if (isForced()) {
        <p class="muted" i18n>
          Everybody knows the first password of a new server, so it opens nothing but this page. Choose your own; a few words in a row are
          easy to remember.
        </p>
      }
      <form (ngSubmit)="submit()">
        <input
          class="visually-hidden"
          name="username"
          autocomplete="username"
          [value]="username()"
          tabindex="-1"
          aria-hidden="true"
          readonly
        />
        <mat-form-field appearance="outline">
          <mat-label i18n>Current password</mat-label>
          <input matInput name="current" type="password" autocomplete="current-password" required [(ngModel)]="current" />
        </mat-form-field>
        <mat-form-field appearance="outline">
          <mat-label i18n>New password</mat-label>
          <input matInput name="next" type="password" autocomplete="new-password" required [(ngModel)]="next" />
          <mat-hint aria-live="polite">{{ lengthHint() }}</mat-hint>
        </mat-form-field>
        <mat-form-field appearance="outline">
          <mat-label i18n>New password, once more</mat-label>
          <input matInput name="again" type="password" autocomplete="new-password" required [(ngModel)]="again" />
          <mat-hint aria-live="polite">{{ matchHint() }}</mat-hint>
        </mat-form-field>
        <p class="error" role="alert">{{ fault() }}</p>
        <div class="row">
          <button matButton="filled" type="submit" [disabled]="isBusy() || !isReady()">
            @if (isBusy()) {
              <ng-container i18n>Saving…</ng-container>
            } @else {
              <ng-container i18n>Set password</ng-container>
            }
          </button>
          <button matButton type="button" (click)="leave()">
            @if (isForced()) {
              <ng-container i18n>Sign out</ng-container>
            } @else {
              <ng-container i18n>Cancel</ng-container>
            }
          </button>
        </div>
      </form>
      @if (!isForced()) {
        <ods-company-link />
        <p class="error" role="alert">{{ refusal() }}</p>
      }
    </main>
  `,
  styleUrl: './front-page.scss',
})
export class SetPassword {
  private readonly session = inject(Session);
  private readonly router = inject(Router);

  /** Why this account was not linked with the company. */
  readonly refused = input<string>();
  protected readonly refusal = computed(() => refusalWords(this.refused()));

  protected readonly current = signal('');
  protected readonly next = signal('');
  protected readonly again = signal('');
  protected readonly isBusy = signal(false);
  protected readonly fault = signal('');
  protected readonly isForced = computed(() => this.session.state() === 'password-change');
  protected readonly username = computed(() => this.session.me()?.username ?? '');
  protected readonly isReady = computed(() => this.current() !== '' && [...this.next()].length >= LEAST && this.next() === this.again());
  protected readonly lengthHint = computed(() => {
    const missing = LEAST - [...this.next()].length;
    return missing <= 0 ? $localize`Long enough.` : $localize`At least ${LEAST} characters; ${missing} to go.`;
  });
  protected readonly matchHint = computed(() => {
    if (this.again() === '') return '';
    return this.again() === this.next() ? $localize`Both are the same.` : $localize`Not the same yet.`;
  });

  protected async submit(): Promise<void> {
    if (!this.isReady() || this.isBusy()) return;
    this.isBusy.set(true);
    this.fault.set('');
    try {
      await this.session.setPassword(this.current(), this.next());
      await this.router.navigateByUrl('/overview');
    } catch (error) {
      this.fault.set(sentenceOf(error));
    } finally {
      this.isBusy.set(false);
    }
  }

  protected async leave(): Promise<void> {
    if (this.isForced()) await this.session.signOut();
    await this.router.navigateByUrl(this.isForced() ? '/sign-in' : '/overview');
  }
}
