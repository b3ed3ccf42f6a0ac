import { ChangeDetectionStrategy, Component, inject, signal } from '@angular/core';
import { MatButtonModule } from '@angular/material/button';
import { MatDialog } from '@angular/material/dialog';
import { MatSnackBar } from '@angular/material/snack-bar';
import { firstValueFrom } from 'rxjs';
import { type AboutDto, Api, getAbout, getSystem, rotateKey, type SystemDto } from '#libs/api-client';
import { Session } from '../session/session';
import { Confirm } from '../shared/confirm';
import { CopyButton } from '../shared/copy-button';
import { pollWhileVisible } from '../shared/poll';
import { sentenceOf } from '../shared/problem';
import { Connection } from '../shell/connection';
import { EditServer } from './edit-server';

const REFRESH_MS = 5_000;

/** The settings of this server, and how its machine is doing. */
@Component({
  changeDetection: ChangeDetectionStrategy.OnPush,
  imports: [CopyButton, MatButtonModule],
  templateUrl: './admin.html',
  styles: `
    p {
      margin: 0;
    }
    h2 {
      margin-bottom: 14px;
    }
    .tiles {
      display: grid;
      grid-template-columns: repeat(auto-fill, minmax(150px, 1fr));
      gap: 16px;
      margin: 0;
    }
    .tiles dt {
      color: var(--ods-muted);
      font-size: 0.87rem;
    }
    .tiles dd {
      margin: 2px 0 0;
      font-size: 1.15rem;
      font-weight: 600;
      font-variant-numeric: tabular-nums;
    }
  `,
})
export class Admin {
  private readonly api = inject(Api);
  private readonly dialog = inject(MatDialog);
  private readonly confirm = inject(Confirm);
  private readonly snackBar = inject(MatSnackBar);
  private readonly connection = inject(Connection);

  protected readonly isAdmin = inject(Session).isAdmin;
  protected readonly about = signal<AboutDto | null>(null);
  protected readonly system = signal<SystemDto | null>(null);
  protected readonly fault = signal('');
  protected readonly isRevealed = signal(false);

  constructor() {
    if (this.isAdmin()) void this.loadAbout();
    void this.loadSystem();
    pollWhileVisible(
      () => this.loadSystem(),
      () => REFRESH_MS,
    );
  }

  protected async edit(about: AboutDto): Promise<void> {
    const ref = this.dialog.open<EditServer, AboutDto, AboutDto>(EditServer, { data: about, width: '520px' });
    const changed = await firstValueFrom(ref.afterClosed());
    if (!changed) return;
    this.about.set(changed);
    this.snackBar.open('Saved. Registered servers are told.', undefined, { duration: 4_000 });
  }

  protected async rotate(): Promise<void> {
    const text = 'The old key stops working for new registrations. Servers that are registered already stay registered.';
    if (!(await this.confirm.ask({ title: 'Make a new key?', text, action: 'Make a new key' }))) return;
    try {
      this.about.set(await this.api.invoke(rotateKey, {}));
      this.snackBar.open('There is a new key.', undefined, { duration: 4_000 });
    } catch (error) {
      this.snackBar.open(sentenceOf(error), 'Close');
    }
  }

  private async loadAbout(): Promise<void> {
    try {
      this.about.set(await this.api.invoke(getAbout, {}));
    } catch (error) {
      this.fault.set(sentenceOf(error));
    }
  }

  private async loadSystem(): Promise<void> {
    try {
      this.system.set(await this.api.invoke(getSystem, {}));
      this.connection.note();
    } catch (error) {
      this.connection.note(error);
    }
  }
}
