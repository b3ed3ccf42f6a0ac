import { ChangeDetectionStrategy, Component, inject, input } from '@angular/core';
import { Router } from '@angular/router';
import { Session } from '../session/session';
import { SignInForm } from './sign-in-form';

@Component({
  changeDetection: ChangeDetectionStrategy.OnPush,
  imports: [SignInForm],
  template: `
    <main class="card">
      <div class="brand">
        <img src="favicon.svg" alt="" width="36" height="36" />
        <h1 i18n>Open Distribution Server</h1>
      </div>
      <ods-sign-in-form (signedIn)="goOn()" />
    </main>
  `,
  styleUrl: './front-page.scss',
})
export class SignIn {
  private readonly router = inject(Router);
  private readonly session = inject(Session);

  /** The page to open after signing in, from the address. */
  readonly then = input<string>();

  protected goOn(): void {
    const page = this.then();
    const target =
      this.session.state() === 'password-change' ? '/set-password' : page?.startsWith('/') && !page.startsWith('//') ? page : '/overview';
    void this.router.navigateByUrl(target);
  }
}
