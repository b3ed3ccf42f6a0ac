import { ChangeDetectionStrategy, Component, inject, input } from '@angular/core';
import { MatButtonModule } from '@angular/material/button';
import { MatSnackBar } from '@angular/material/snack-bar';
import { copyText } from './clipboard';

/** Copies a text, and says so. */
@Component({
  selector: 'ods-copy',
  changeDetection: ChangeDetectionStrategy.OnPush,
  imports: [MatButtonModule],
  template: `<button matButton type="button" (click)="copy()" [attr.aria-label]="label() === 'Copy' ? 'Copy ' + what() : null">
    {{ label() }}
  </button>`,
})
export class CopyButton {
  private readonly snackBar = inject(MatSnackBar);

  readonly text = input.required<string>();
  /** What it is, for screen readers and the confirmation: `the key`. */
  readonly what = input.required<string>();
  readonly label = input('Copy');

  protected async copy(): Promise<void> {
    const isCopied = await copyText(this.text());
    const message = isCopied ? `Copied ${this.what()}.` : 'This browser did not allow copying. Select the text and copy it by hand.';
    this.snackBar.open(message, undefined, { duration: 2_500 });
  }
}
