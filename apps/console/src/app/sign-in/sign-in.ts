import { ChangeDetectionStrategy, Component, computed, inject, input } from '@angular/core';
import { Router } from '@angular/router';
import { Session } from '../session/session';
import { CompanySignIn } from './company-sign-in';
import { CompanySignOut } from './company-sign-out';
import { refusalWords } from './refusal-words';
import { SignInForm } from './sign-in-form';

@Component({
  changeDetection: ChangeDetectionStrategy.OnPush,
  imports: [CompanySignIn, CompanySignOut, SignInForm],
  template: `
    <main class="card">
      <div class="brand">
        <img src="favicon.svg" alt="" width="36" height="36" />
        <h1 i18n>Open Distribution Server</h1>
      </div>
      @if (refusal(); as sentence) {
        <p class="error" role="alert">{{ sentence }}</p>
      } @else if (left() === 'company') {
        <ods-company-sign-out />
      }
      <ods-sign-in-form (signedIn)="goOn()" />
      <ods-company-sign-in [then]="then()" />
    </main>
  `,
  styleUrl: './front-page.scss',
})
export class SignIn {
  private readonly router = inject(Router);
  private readonly session = inject(Session);

  /** The page to open after signing in, from the address. */
  readonly then = input<string>();
  /** Why a sign-in with the company ended here. */
  readonly refused = input<string>();
  /** `company`: whoever signed out here had signed in there. */
  readonly left = input<string>();

  protected readonly refusal = computed(() => refusalWords(this.refused()));

  protected goOn(): void {
    const page = this.then();
    const target =
      this.session.state() === 'password-change' ? '/set-password' : page?.startsWith('/') && !page.startsWith('//') ? page : '/overview';
    void this.router.navigateByUrl(target);
  }
}
