import { ChangeDetectionStrategy, Component, computed, inject, signal } from '@angular/core';
import { MatButtonModule } from '@angular/material/button';
import { Api, checkAsClient, type JamfCheckDto, type JamfChecksDto, listJamfChecks } from '#libs/api-client';
import { Chip } from '../shared/chip';
import { Confirm } from '../shared/confirm';
import { CopyButton } from '../shared/copy-button';
import { curlOf } from '../shared/curl';
import { type Loadable, loading, valueOf } from '../shared/loadable';
import { Notices } from '../shared/notices';
import { pollWhileVisible } from '../shared/poll';
import { sentenceOf } from '../shared/problem';
import { When } from '../shared/when';
import { checkWords, type JamfCheckState } from './jamf-words';

const REFRESH_MS = 5_000;
const PAGE_SIZE = 500;
/** More are counted, not listed. */
const MOST_SHOWN = 50;

/** What computers get that download by the distribution points. */
@Component({
  selector: 'ods-jamf-checks',
  changeDetection: ChangeDetectionStrategy.OnPush,
  imports: [Chip, CopyButton, MatButtonModule, When],
  template: `
    <section class="card flush" aria-label="As a managed computer" i18n-aria-label>
      <div class="head">
        <div class="row spread">
          <h2 i18n>As a managed computer</h2>
          <div class="row">
            <ods-copy [text]="curl" what="the command" i18n-what label="Copy as curl" i18n-label />
            <button matButton (click)="whole()" i18n>Read everything…</button>
            <button matButton="outlined" (click)="ask('head')" i18n>Try now</button>
          </div>
        </div>
        <p class="muted small" i18n>
          This server downloads packages by their distribution points, a few every quarter of an hour: the first byte, with the name, the
          certificate, the size and the content that are announced.
        </p>
        @let now = shown();
        @switch (now.status) {
          @case ('loading') {
            <p role="status" i18n>Loading…</p>
          }
          @case ('failed') {
            <p class="error" role="alert">{{ now.message }}</p>
          }
          @case ('ready') {
            <div class="row" role="status">
              @for (each of totals(); track each.state) {
                <ods-chip [tone]="words[each.state][0]">{{ words[each.state][1] }}: {{ each.count }}</ods-chip>
              } @empty {
                <span class="muted" i18n
                  >Nothing was tried yet: that begins when a package record and a distribution point are in step.</span
                >
              }
            </div>
          }
        }
      </div>
      @if (troubled().length > 0) {
        <div class="scroll">
          <table class="grid stack">
            <thead>
              <tr>
                <th scope="col" i18n>Filename</th>
                <th scope="col" i18n>Server</th>
                <th scope="col" i18n>What a computer gets</th>
                <th scope="col" i18n>Tried</th>
              </tr>
            </thead>
            <tbody>
              @for (row of troubled(); track row.id) {
                <tr>
                  <td class="main">{{ row.filename }}</td>
                  <td>{{ row.server }}</td>
                  <td>
                    <ods-chip [tone]="words[row.state][0]">{{ words[row.state][1] }}</ods-chip>
                    @if (row.detail) {
                      <p class="muted small reason">{{ row.detail }}</p>
                    }
                  </td>
                  <td>
                    @if (row.checked_ts; as at) {
                      <ods-when [at]="at" />
                    }
                  </td>
                </tr>
              }
            </tbody>
          </table>
        </div>
      }
    </section>
  `,
  styles: `
    .head {
      padding: 16px 20px;
    }
    h2,
    p {
      margin: 0 0 8px;
    }
    .reason {
      margin: 0;
      max-width: 46ch;
    }
  `,
})
export class JamfChecks {
  private readonly api = inject(Api);
  private readonly confirm = inject(Confirm);
  private readonly notices = inject(Notices);

  protected readonly words = checkWords;
  protected readonly shown = signal<Loadable<JamfChecksDto>>(loading);
  protected readonly curl = curlOf(listJamfChecks, {});
  /** Over all servers. */
  protected readonly totals = computed(() => {
    const totals = new Map<JamfCheckState, number>();
    for (const { state, count } of valueOf(this.shown())?.counts ?? []) totals.set(state, (totals.get(state) ?? 0) + count);
    return [...totals].map(([state, count]) => ({ state, count }));
  });
  protected readonly troubled = computed(() => {
    const isTroubled = ({ state }: JamfCheckDto) => state !== 'right' && state !== 'waiting';
    return (valueOf(this.shown())?.items ?? []).filter(isTroubled).slice(0, MOST_SHOWN);
  });

  constructor() {
    void this.load();
    pollWhileVisible(
      () => this.load(),
      () => REFRESH_MS,
    );
  }

  protected async whole(): Promise<void> {
    const params = { body: { depth: 'whole' as const } };
    const question = {
      title: $localize`Read packages whole at every server?`,
      text: $localize`Up to 200 packages are downloaded from each server and compared with the hashes in Jamf Pro. That takes the lines to the sites for as long as it lasts.`,
      action: $localize`Read everything`,
      curl: curlOf(checkAsClient, params),
    };
    if (await this.confirm.ask(question)) await this.ask('whole');
  }

  protected async ask(depth: 'head' | 'whole'): Promise<void> {
    const params = { body: { depth } };
    await this.notices.attempt(() => this.api.invoke(checkAsClient, params), $localize`Downloads begin within seconds.`, {
      curl: curlOf(checkAsClient, params),
    });
    await this.load();
  }

  private async load(): Promise<void> {
    try {
      this.shown.set({ status: 'ready', value: await this.api.invoke(listJamfChecks, { limit: PAGE_SIZE }) });
    } catch (error) {
      if (this.shown().status !== 'ready') this.shown.set({ status: 'failed', message: sentenceOf(error) });
    }
  }
}
