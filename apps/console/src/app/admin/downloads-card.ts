import { ChangeDetectionStrategy, Component, inject } from '@angular/core';
import { MatButtonModule } from '@angular/material/button';
import { updateDownloadSettings } from '#libs/api-client';
import { Downloads } from '../packages/downloads';
import { Chip } from '../shared/chip';
import { Confirm } from '../shared/confirm';
import { curlOf } from '../shared/curl';
import { Notices } from '../shared/notices';
import { DownloadCredentials } from './download-credentials';

/** Who may download packages from this server. */
@Component({
  selector: 'ods-downloads-card',
  changeDetection: ChangeDetectionStrategy.OnPush,
  imports: [Chip, DownloadCredentials, MatButtonModule],
  template: `
    @if (settings(); as now) {
      <section class="card" aria-labelledby="downloads-title">
        <div class="row spread">
          <h2 id="downloads-title" i18n>Downloads</h2>
          @if (now.link_required) {
            <button matButton="outlined" (click)="setRequired(false)" i18n>Open to everybody…</button>
          } @else {
            <button matButton="outlined" (click)="setRequired(true)" i18n>Restrict…</button>
          }
        </div>
        <dl class="facts">
          <dt i18n>Who may download</dt>
          <dd class="row">
            @if (now.link_required) {
              <ods-chip tone="good" i18n>Links and credentials</ods-chip>
              <span class="muted" i18n
                >Whoever has a link that was made for the package and has not expired, and computers with a credential.</span
              >
            } @else {
              <ods-chip tone="plain" i18n>Open</ods-chip>
              <span class="muted" i18n>Everybody who reaches this server and knows the name of a package.</span>
            }
          </dd>
        </dl>
        <ods-download-credentials />
      </section>
    }
  `,
})
export class DownloadsCard {
  private readonly downloads = inject(Downloads);
  private readonly confirm = inject(Confirm);
  private readonly notices = inject(Notices);

  protected readonly settings = this.downloads.settings;

  constructor() {
    void this.downloads.load();
  }

  protected async setRequired(link_required: boolean): Promise<void> {
    const body = { link_required };
    const curl = curlOf(updateDownloadSettings, { body });
    const question = link_required
      ? {
          title: $localize`Restrict downloads?`,
          text: $localize`Downloads then need a link or a credential. Managed computers that download by name alone are refused from now on, at this server. Other servers go on fetching from it.`,
          action: $localize`Restrict downloads`,
        }
      : {
          title: $localize`Open downloads to everybody?`,
          text: $localize`Whoever reaches this server and knows the name of a package can download it.`,
          action: $localize`Open to everybody`,
        };
    if (!(await this.confirm.ask({ ...question, curl }))) return;
    const done = link_required
      ? $localize`Downloads from this server need a link or a credential now.`
      : $localize`Downloads from this server are open now.`;
    await this.notices.attempt(() => this.downloads.change(body), done, { curl });
  }
}
