import { ChangeDetectionStrategy, Component, inject } from '@angular/core';
import { MatDialogModule, MatDialogRef } from '@angular/material/dialog';
import { Router } from '@angular/router';
import { CompanySignIn } from '../sign-in/company-sign-in';
import { SignInForm } from '../sign-in/sign-in-form';

/** Asks to sign in again on top of the page; everything behind it stays as it was. */
@Component({
  changeDetection: ChangeDetectionStrategy.OnPush,
  imports: [CompanySignIn, MatDialogModule, SignInForm],
  template: `
    <h2 mat-dialog-title i18n>Please sign in again</h2>
    <mat-dialog-content>
      <p i18n>Your sign-in has ended. Nothing on this page is lost.</p>
      <ods-sign-in-form (signedIn)="dialog.close()" />
      <ods-company-sign-in [then]="here">
        <p class="muted small" i18n>This leads away from the page: what was typed and not saved is lost.</p>
      </ods-company-sign-in>
    </mat-dialog-content>
  `,
})
export class SignInDialog {
  /** Opened again after a sign-in with the company. */
  protected readonly here = inject(Router).url;
  protected readonly dialog = inject<MatDialogRef<SignInDialog>>(MatDialogRef);
}
