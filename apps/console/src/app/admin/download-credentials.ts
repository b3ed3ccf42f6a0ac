import { ChangeDetectionStrategy, Component, inject, signal } from '@angular/core';
import { MatButtonModule } from '@angular/material/button';
import { MatDialog } from '@angular/material/dialog';
import { firstValueFrom } from 'rxjs';
import { Api, type DownloadCredentialDto, listDownloadCredentials, revokeDownloadCredential } from '#libs/api-client';
import { Confirm } from '../shared/confirm';
import { curlOf } from '../shared/curl';
import { Notices } from '../shared/notices';
import { When } from '../shared/when';
import { DownloadCredentialDialog } from './download-credential-dialog';

/** User names and secrets with which managed computers download where that needs one. */
@Component({
  selector: 'ods-download-credentials',
  changeDetection: ChangeDetectionStrategy.OnPush,
  imports: [MatButtonModule, When],
  template: `
    <div class="row spread">
      <h3 i18n>Credentials</h3>
      <button matButton="outlined" (click)="create()" i18n>New credential…</button>
    </div>
    @if (items(); as list) {
      @if (list.length === 0) {
        <p class="muted small" i18n>None. Managed computers that cannot follow links, such as those of Jamf Pro and Munki, need one.</p>
      } @else {
        <table class="grid stack">
          <thead>
            <tr>
              <th scope="col" i18n>Name</th>
              <th scope="col" i18n>User name</th>
              <th scope="col" i18n>Last download</th>
              <th scope="col"><span class="visually-hidden" i18n>Actions</span></th>
            </tr>
          </thead>
          <tbody>
            @for (item of list; track item.id) {
              <tr>
                <td class="main">{{ item.name }}</td>
                <td class="mono">{{ item.username }}</td>
                <td class="muted">
                  @if (item.last_used_ts === null) {
                    <ng-container i18n>never</ng-container>
                  } @else {
                    <ods-when [at]="item.last_used_ts" />
                  }
                </td>
                <td class="actions">
                  <button matButton (click)="revoke(item)" i18n-aria-label [attr.aria-label]="'Revoke ' + item.name" i18n>Revoke…</button>
                </td>
              </tr>
            }
          </tbody>
        </table>
      }
    }
  `,
  styles: `
    :host {
      display: grid;
      gap: 10px;
      margin-top: 16px;
    }
    h3,
    p {
      margin: 0;
    }
  `,
})
export class DownloadCredentials {
  private readonly api = inject(Api);
  private readonly dialog = inject(MatDialog);
  private readonly confirm = inject(Confirm);
  private readonly notices = inject(Notices);

  protected readonly items = signal<readonly DownloadCredentialDto[] | null>(null);

  constructor() {
    void this.load();
  }

  protected async create(): Promise<void> {
    await firstValueFrom(this.dialog.open(DownloadCredentialDialog, { width: '480px' }).afterClosed());
    await this.load();
  }

  protected async revoke({ id, name }: DownloadCredentialDto): Promise<void> {
    const curl = curlOf(revokeDownloadCredential, { id });
    const question = {
      title: $localize`Revoke the credential ${name}?`,
      text: $localize`Computers that have it can no longer download from this server, where downloads need one.`,
      action: $localize`Revoke`,
      isDestructive: true,
      curl,
    };
    if (!(await this.confirm.ask(question))) return;
    await this.notices.attempt(() => this.api.invoke(revokeDownloadCredential, { id }), $localize`${name} is revoked.`, { curl });
    await this.load();
  }

  private async load(): Promise<void> {
    await this.notices.attempt(async () => this.items.set((await this.api.invoke(listDownloadCredentials, {})).items));
  }
}
