import { ChangeDetectionStrategy, Component, inject, Injectable } from '@angular/core';
import { MatButtonModule } from '@angular/material/button';
import { MAT_SNACK_BAR_DATA, MatSnackBar, MatSnackBarModule, MatSnackBarRef } from '@angular/material/snack-bar';
import { copyText } from './clipboard';
import { sentenceOf } from './problem';

export interface Offers {
  /** The same deed as a command. */
  readonly curl?: string;
  /** Takes it back. */
  readonly undo?: () => Promise<void>;
}

interface Notice extends Offers {
  readonly text: string;
}

const BRIEF_MS = 4_000;
const WITH_OFFERS_MS = 9_000;

@Component({
  changeDetection: ChangeDetectionStrategy.OnPush,
  imports: [MatButtonModule, MatSnackBarModule],
  template: `
    <div matSnackBarLabel>{{ notice.text }}</div>
    <div matSnackBarActions>
      @if (notice.curl) {
        <button matButton matSnackBarAction (click)="copy(notice.curl)" i18n>Copy as curl</button>
      }
      @if (notice.undo) {
        <button matButton matSnackBarAction (click)="undo()" i18n>Undo</button>
      }
    </div>
  `,
  styles: `
    :host {
      display: flex;
      flex-wrap: wrap;
      align-items: center;
    }
    [matSnackBarLabel] {
      flex: 1 1 200px;
    }
    [matSnackBarActions] {
      margin-left: auto;
    }
  `,
})
class NoticeBar {
  private readonly bar = inject<MatSnackBarRef<NoticeBar>>(MatSnackBarRef);
  protected readonly notice = inject<Notice>(MAT_SNACK_BAR_DATA);

  protected async copy(curl: string): Promise<void> {
    if (await copyText(curl)) this.bar.dismiss();
  }

  protected undo(): void {
    this.bar.dismissWithAction();
    void this.notice.undo?.();
  }
}

/** Says what was done, and what went wrong. */
@Injectable({ providedIn: 'root' })
export class Notices {
  private readonly snackBar = inject(MatSnackBar);

  done(text: string, offers: Offers = {}): void {
    const duration = offers.curl || offers.undo ? WITH_OFFERS_MS : BRIEF_MS;
    this.snackBar.openFromComponent<NoticeBar, Notice>(NoticeBar, { data: { text, ...offers }, duration });
  }

  failed(error: unknown): void {
    this.snackBar.open(sentenceOf(error), $localize`Close`);
  }

  /** Does it, and says so; false when it failed, which is said too. */
  async attempt(work: () => Promise<unknown>, done?: string, offers?: Offers): Promise<boolean> {
    try {
      await work();
      if (done !== undefined) this.done(done, offers);
      return true;
    } catch (error) {
      this.failed(error);
      return false;
    }
  }
}
