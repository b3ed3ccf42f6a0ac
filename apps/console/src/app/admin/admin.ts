import { ChangeDetectionStrategy, Component, inject, signal } from '@angular/core';
import { MatButtonModule } from '@angular/material/button';
import { MatDialog } from '@angular/material/dialog';
import { MatSnackBar } from '@angular/material/snack-bar';
import { firstValueFrom } from 'rxjs';
import { type AboutDto, Api, getAbout, rotateKey } from '#libs/api-client';
import { Session } from '../session/session';
import { Confirm } from '../shared/confirm';
import { CopyButton } from '../shared/copy-button';
import { curlOf } from '../shared/curl';
import { pollWhileVisible } from '../shared/poll';
import { sentenceOf } from '../shared/problem';
import { DownloadsCard } from './downloads-card';
import { EditServer } from './edit-server';
import { LimitsCard } from './limits-card';
import { SystemCard } from './system-card';

const REFRESH_MS = 15_000;

/** The settings of this server, and how its machine is doing. */
@Component({
  changeDetection: ChangeDetectionStrategy.OnPush,
  imports: [CopyButton, DownloadsCard, LimitsCard, MatButtonModule, SystemCard],
  templateUrl: './admin.html',
  styles: `
    p {
      margin: 0;
    }
  `,
})
export class Admin {
  private readonly api = inject(Api);
  private readonly dialog = inject(MatDialog);
  private readonly confirm = inject(Confirm);
  private readonly snackBar = inject(MatSnackBar);

  protected readonly isAdmin = inject(Session).isAdmin;
  protected readonly about = signal<AboutDto | null>(null);
  protected readonly curl = curlOf(getAbout, {});
  protected readonly fault = signal('');
  protected readonly isRevealed = signal(false);

  constructor() {
    if (!this.isAdmin()) return;
    void this.loadAbout();
    pollWhileVisible(
      () => this.loadAbout(),
      () => REFRESH_MS,
    );
  }

  protected async edit(about: AboutDto): Promise<void> {
    const ref = this.dialog.open<EditServer, AboutDto, AboutDto>(EditServer, { data: about, width: '520px' });
    const changed = await firstValueFrom(ref.afterClosed());
    if (!changed) return;
    this.about.set(changed);
    this.snackBar.open($localize`Saved. The change is sent to registered servers.`, undefined, { duration: 4_000 });
  }

  protected async rotate(): Promise<void> {
    const text = $localize`The old key stops working for new registrations. Servers that are registered already stay registered.`;
    if (
      !(await this.confirm.ask({ title: $localize`Make a new key?`, text, action: $localize`Make a new key`, curl: curlOf(rotateKey, {}) }))
    )
      return;
    try {
      this.about.set(await this.api.invoke(rotateKey, {}));
      this.snackBar.open($localize`There is a new key.`, undefined, { duration: 4_000 });
    } catch (error) {
      this.snackBar.open(sentenceOf(error), $localize`Close`);
    }
  }

  private async loadAbout(): Promise<void> {
    try {
      this.about.set(await this.api.invoke(getAbout, {}));
    } catch (error) {
      this.fault.set(sentenceOf(error));
    }
  }
}
