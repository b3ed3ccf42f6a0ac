import { ChangeDetectionStrategy, Component, inject, signal } from '@angular/core';
import { MatButtonModule } from '@angular/material/button';
import { MAT_DIALOG_DATA, MatDialogModule, MatDialogRef } from '@angular/material/dialog';
import { Api, listMunkiFileVersions, type PackageVersionDto, type PackageVersionListDto, restoreMunkiFile } from '#libs/api-client';
import { reasonWords } from '../packages/version-words';
import { Session } from '../session/session';
import { BytesPipe, dayAndTime } from '../shared/format';
import { type Loadable, loading } from '../shared/loadable';
import { Notices } from '../shared/notices';
import { sentenceOf } from '../shared/problem';
import { When } from '../shared/when';

/** Earlier contents of a file of the repository, each of which can be restored. Closes with true when one was. */
@Component({
  changeDetection: ChangeDetectionStrategy.OnPush,
  imports: [BytesPipe, MatButtonModule, MatDialogModule, When],
  template: `
    <h2 mat-dialog-title i18n>Earlier versions of {{ path }}</h2>
    <mat-dialog-content>
      @let now = shown();
      @switch (now.status) {
        @case ('loading') {
          <p role="status" i18n>Loading…</p>
        }
        @case ('failed') {
          <p role="alert">{{ now.message }}</p>
        }
        @case ('ready') {
          @let days = now.value.retention_days;
          @if (now.value.items.length === 0) {
            <p i18n>None. A version that is replaced or deleted is listed here for {days, plural, =1 {1 day} other {{{ days }} days}}.</p>
          } @else {
            <table class="grid stack">
              <thead>
                <tr>
                  <th scope="col" i18n>Stored</th>
                  <th scope="col" class="number" i18n>Size</th>
                  <th scope="col" i18n>What happened</th>
                  <th scope="col"><span class="visually-hidden" i18n>Actions</span></th>
                </tr>
              </thead>
              <tbody>
                @for (version of now.value.items; track version.uuid) {
                  <tr>
                    <td class="main nowrap"><ods-when [at]="version.created_ts" /></td>
                    <td class="number">{{ version.file_size | bytes }}</td>
                    <td>{{ reasons[version.reason] }}, <ods-when [at]="version.since_ts" /></td>
                    <td class="actions">
                      @if (mayPublish()) {
                        <button matButton (click)="restore(version)" [attr.aria-label]="label(version)" i18n>Restore</button>
                      }
                    </td>
                  </tr>
                }
              </tbody>
            </table>
          }
        }
      }
    </mat-dialog-content>
    <mat-dialog-actions align="end">
      <button matButton mat-dialog-close i18n>Close</button>
    </mat-dialog-actions>
  `,
})
export class MunkiVersions {
  private readonly api = inject(Api);
  private readonly notices = inject(Notices);
  private readonly opened = inject<MatDialogRef<MunkiVersions, boolean>>(MatDialogRef);

  protected readonly path = inject<string>(MAT_DIALOG_DATA);
  protected readonly mayPublish = inject(Session).mayPublish;
  protected readonly reasons = reasonWords;
  protected readonly shown = signal<Loadable<PackageVersionListDto>>(loading);

  constructor() {
    void this.load();
  }

  protected label = (version: PackageVersionDto): string => $localize`Restore the version of ${dayAndTime(version.created_ts)}`;

  protected async restore({ uuid }: PackageVersionDto): Promise<void> {
    const params = { path: this.path, uuid };
    const done = $localize`The earlier version of ${this.path} is restored, on every server.`;
    if (await this.notices.attempt(() => this.api.invoke(restoreMunkiFile, params), done)) this.opened.close(true);
  }

  private async load(): Promise<void> {
    try {
      this.shown.set({ status: 'ready', value: await this.api.invoke(listMunkiFileVersions, { path: this.path }) });
    } catch (error) {
      this.shown.set({ status: 'failed', message: sentenceOf(error) });
    }
  }
}
