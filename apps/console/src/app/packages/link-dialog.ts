import { ChangeDetectionStrategy, Component, computed, inject, signal } from '@angular/core';
import { FormsModule } from '@angular/forms';
import { MatButtonModule } from '@angular/material/button';
import { MAT_DIALOG_DATA, MatDialogModule } from '@angular/material/dialog';
import { MatFormFieldModule } from '@angular/material/form-field';
import { MatSelectModule } from '@angular/material/select';
import { createDownloadLink, type DownloadLinkDto } from '#libs/api-client';
import { copyText } from '../shared/clipboard';
import { CopyButton } from '../shared/copy-button';
import { curlOf } from '../shared/curl';
import { exactTime } from '../shared/format';
import { sentenceOf } from '../shared/problem';
import { byName } from './addressing';
import { Downloads } from './downloads';

const HOUR = 3_600;

/** Makes a link that downloads one package until it expires, and copies it. Opened with the package's name. */
@Component({
  changeDetection: ChangeDetectionStrategy.OnPush,
  imports: [CopyButton, FormsModule, MatButtonModule, MatDialogModule, MatFormFieldModule, MatSelectModule],
  template: `
    <h2 mat-dialog-title i18n>A link that expires</h2>
    <mat-dialog-content>
      @if (link(); as made) {
        <p>
          @if (isCopied()) {
            <ng-container i18n>Copied. It is good until {{ until() }}.</ng-container>
          } @else {
            <ng-container i18n>It is good until {{ until() }}.</ng-container>
          }
        </p>
        <p class="mono">{{ url() }}</p>
        <ods-copy [text]="url()" what="the link" i18n-what label="Copy link" i18n-label />
      } @else {
        <form id="link-form" class="fields" (ngSubmit)="create()">
          <p i18n>Whoever has the link downloads {{ filename }} with it, from this server, as long as this content is served.</p>
          <mat-form-field>
            <mat-label i18n>Good for</mat-label>
            <mat-select name="seconds" [(ngModel)]="seconds">
              @for (option of lifetimes; track option.seconds) {
                <mat-option [value]="option.seconds">{{ option.label }}</mat-option>
              }
            </mat-select>
          </mat-form-field>
          <p class="error" role="alert">{{ fault() }}</p>
        </form>
      }
      @if (settings()?.link_required === false) {
        <p class="muted small" i18n>
          Downloads from this server are open: it can be downloaded without this link, too. An administrator changes that under Server.
        </p>
      }
    </mat-dialog-content>
    <mat-dialog-actions align="end">
      @if (link()) {
        <button matButton="filled" mat-dialog-close type="button" i18n>Close</button>
      } @else {
        <ods-copy class="first" [text]="curl()" what="the command" i18n-what label="Copy as curl" i18n-label />
        <button matButton mat-dialog-close type="button" i18n>Cancel</button>
        <button matButton="filled" type="submit" form="link-form" [disabled]="isBusy()" i18n>Copy link</button>
      }
    </mat-dialog-actions>
  `,
  styles: `
    p {
      margin: 0 0 8px;
    }
  `,
})
export class LinkDialog {
  private readonly downloads = inject(Downloads);
  protected readonly filename = inject<string>(MAT_DIALOG_DATA);

  protected readonly settings = this.downloads.settings;
  protected readonly lifetimes: readonly { seconds: number; label: string }[] = [
    { seconds: HOUR, label: $localize`1 hour` },
    { seconds: 24 * HOUR, label: $localize`1 day` },
    { seconds: 7 * 24 * HOUR, label: $localize`7 days` },
    { seconds: 30 * 24 * HOUR, label: $localize`30 days` },
  ];
  protected readonly seconds = signal(7 * 24 * HOUR);
  protected readonly link = signal<DownloadLinkDto | null>(null);
  protected readonly isCopied = signal(false);
  protected readonly isBusy = signal(false);
  protected readonly fault = signal('');
  protected readonly url = computed(() => location.origin + (this.link()?.path ?? ''));
  protected readonly until = computed(() => exactTime(this.link()?.expires_ts ?? 0));
  protected readonly curl = computed(() =>
    curlOf(createDownloadLink, { ...byName(this.filename), body: { expires_in_seconds: this.seconds() } }),
  );

  protected async create(): Promise<void> {
    if (this.isBusy()) return;
    this.isBusy.set(true);
    this.fault.set('');
    try {
      this.link.set(await this.downloads.makeLink(this.filename, this.seconds()));
      this.isCopied.set(await copyText(this.url()));
    } catch (error) {
      this.fault.set(sentenceOf(error));
    } finally {
      this.isBusy.set(false);
    }
  }
}
