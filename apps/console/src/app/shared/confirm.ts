import { ChangeDetectionStrategy, Component, inject, Injectable } from '@angular/core';
import { MatButtonModule } from '@angular/material/button';
import { MAT_DIALOG_DATA, MatDialog, MatDialogModule } from '@angular/material/dialog';
import { firstValueFrom } from 'rxjs';
import { CopyButton } from './copy-button';

export interface Question {
  readonly title: string;
  readonly text: string;
  /** What the confirming button says: the deed, not "OK". */
  readonly action: string;
  /** What it is about, when that is more than the title can name. */
  readonly names?: readonly string[];
  /** It deletes something: the button is red. */
  readonly isDestructive?: boolean;
  /** The same deed as a command. */
  readonly curl?: string;
}

@Component({
  changeDetection: ChangeDetectionStrategy.OnPush,
  imports: [CopyButton, MatButtonModule, MatDialogModule],
  template: `
    <h2 mat-dialog-title>{{ question.title }}</h2>
    <mat-dialog-content>
      @if (question.names; as names) {
        <ul tabindex="0" aria-label="Packages" i18n-aria-label>
          @for (name of names; track name) {
            <li>{{ name }}</li>
          }
        </ul>
      }
      <p>{{ question.text }}</p>
    </mat-dialog-content>
    <mat-dialog-actions align="end">
      @if (question.curl) {
        <ods-copy class="first" [text]="question.curl" what="the command" i18n-what label="Copy as curl" i18n-label />
      }
      <button matButton [mat-dialog-close]="false" cdkFocusInitial i18n>Cancel</button>
      <button matButton="filled" [class.destructive]="question.isDestructive" [mat-dialog-close]="true">{{ question.action }}</button>
    </mat-dialog-actions>
  `,
  styles: `
    p {
      margin: 0;
    }
    ul {
      max-height: 180px;
      margin: 0 0 12px;
      padding: 8px 12px 8px 28px;
      overflow-y: auto;
      overflow-wrap: anywhere;
      border: 1px solid var(--ods-line);
      border-radius: var(--ods-radius-small);
    }
  `,
})
class ConfirmDialog {
  protected readonly question = inject<Question>(MAT_DIALOG_DATA);
}

/** Asks before something that is hard to take back. */
@Injectable({ providedIn: 'root' })
export class Confirm {
  private readonly dialog = inject(MatDialog);

  async ask(question: Question): Promise<boolean> {
    const ref = this.dialog.open<ConfirmDialog, Question, boolean>(ConfirmDialog, { data: question, maxWidth: '480px' });
    return (await firstValueFrom(ref.afterClosed())) === true;
  }
}
