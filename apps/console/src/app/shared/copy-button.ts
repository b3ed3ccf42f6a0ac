import { ChangeDetectionStrategy, Component, inject, input } from '@angular/core';
import { MatButtonModule } from '@angular/material/button';
import { MatSnackBar } from '@angular/material/snack-bar';
import { copyText } from './clipboard';

/** Copies a text, and says so. */
@Component({
  selector: 'ods-copy',
  changeDetection: ChangeDetectionStrategy.OnPush,
  imports: [MatButtonModule],
  template: `<button
    matButton
    type="button"
    [class.quiet]="label() !== undefined"
    (click)="copy()"
    [attr.aria-label]="label() === undefined ? spoken() : null"
  >
    {{ label() ?? word }}
  </button>`,
  styles: `
    .quiet {
      --mat-button-text-label-text-color: var(--ods-muted);
      font-size: 0.8rem;
    }
  `,
})
export class CopyButton {
  private readonly snackBar = inject(MatSnackBar);

  readonly text = input.required<string>();
  /** What it is, for screen readers and the confirmation: `the key`. */
  readonly what = input.required<string>();
  /** When it is more than `Copy`. */
  readonly label = input<string>();

  protected readonly word = $localize`Copy`;
  protected readonly spoken = (): string => $localize`Copy ${this.what()}`;

  protected async copy(): Promise<void> {
    const isCopied = await copyText(this.text());
    const message = isCopied
      ? $localize`Copied ${this.what()}.`
      : $localize`This browser did not allow copying. Select the text and copy it by hand.`;
    this.snackBar.open(message, undefined, { duration: 2_500 });
  }
}
