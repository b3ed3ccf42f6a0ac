import { ChangeDetectionStrategy, Component, inject } from '@angular/core';
import { MatDialogModule, MatDialogRef } from '@angular/material/dialog';
import { SignInForm } from '../sign-in/sign-in-form';

/** Asks to sign in again on top of the page; everything behind it stays as it was. */
@Component({
  changeDetection: ChangeDetectionStrategy.OnPush,
  imports: [MatDialogModule, SignInForm],
  template: `
    <h2 mat-dialog-title i18n>Please sign in again</h2>
    <mat-dialog-content>
      <p i18n>Your sign-in has ended. Nothing on this page is lost.</p>
      <ods-sign-in-form (signedIn)="dialog.close()" />
    </mat-dialog-content>
  `,
})
export class SignInDialog {
  protected readonly dialog = inject<MatDialogRef<SignInDialog>>(MatDialogRef);
}
