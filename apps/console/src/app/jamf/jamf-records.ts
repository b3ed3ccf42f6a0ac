import { ChangeDetectionStrategy, Component, computed, effect, inject, signal } from '@angular/core';
import { FormsModule } from '@angular/forms';
import { MatButtonModule } from '@angular/material/button';
import { MatFormFieldModule } from '@angular/material/form-field';
import { MatInputModule } from '@angular/material/input';
import { MatSelectModule } from '@angular/material/select';
import { RouterLink } from '@angular/router';
import {
  Api,
  compareWithJamf,
  getJamfSettings,
  type JamfRecordDto,
  type JamfRecordListDto,
  type JamfSettingsDto,
  listJamfRecords,
  resolveJamfRecord,
} from '#libs/api-client';
import { Chip } from '../shared/chip';
import { Confirm } from '../shared/confirm';
import { CopyButton } from '../shared/copy-button';
import { curlOf } from '../shared/curl';
import { type Loadable, loading, valueOf } from '../shared/loadable';
import { Notices } from '../shared/notices';
import { Pages } from '../shared/pages';
import { pollWhileVisible } from '../shared/poll';
import { codeOf, sentenceOf } from '../shared/problem';
import { When } from '../shared/when';
import { JamfLeader } from './jamf-leader';
import { JamfRecordDetail } from './jamf-record-detail';
import { JamfSettingsForm } from './jamf-settings-form';
import { JamfTabs } from './jamf-tabs';
import { type JamfState, stateWords } from './jamf-words';

const PAGE_SIZE = 50;
const REFRESH_MS = 5_000;
const SEARCH_DELAY_MS = 250;

interface Shown {
  readonly settings: JamfSettingsDto;
  readonly list: JamfRecordListDto;
}

/** Packages beside their records in Jamf Pro. */
@Component({
  changeDetection: ChangeDetectionStrategy.OnPush,
  imports: [
    ...[Chip, CopyButton, FormsModule, JamfLeader, JamfRecordDetail, JamfSettingsForm, JamfTabs, MatButtonModule, MatFormFieldModule],
    ...[MatInputModule, MatSelectModule, RouterLink, When],
  ],
  templateUrl: './jamf-records.html',
  styles: `
    p {
      margin: 0;
    }
    .bar {
      padding: 12px 20px;
    }
    .detail {
      height: auto;
    }
    .reason {
      max-width: 46ch;
    }
  `,
})
export class JamfRecords {
  private readonly api = inject(Api);
  private readonly confirm = inject(Confirm);
  private readonly notices = inject(Notices);

  protected readonly stateWords = stateWords;
  protected readonly states = Object.keys(stateWords) as JamfState[];
  protected readonly shown = signal<Loadable<Shown>>(loading);
  protected readonly isSetUp = signal(true);
  protected readonly pages = new Pages();
  protected readonly text = signal('');
  protected readonly state = signal<JamfState | ''>('');
  /** The record whose fields are shown. */
  protected readonly opened = signal<number | null>(null);
  private readonly params = computed(() => {
    const [q, state, cursor] = [this.text(), this.state(), this.pages.cursor()];
    return { limit: PAGE_SIZE, ...(q && { q }), ...(state && { state }), ...(cursor !== undefined && { cursor: Number(cursor) }) };
  });
  protected readonly curl = computed(() => curlOf(listJamfRecords, this.params()));
  /** States that there are records in. */
  protected readonly counts = computed(() => valueOf(this.shown())?.settings.counts.filter(({ count }) => count > 0) ?? []);
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    effect(() => {
      this.params();
      void this.load();
    });
    pollWhileVisible(
      () => this.load(),
      () => REFRESH_MS,
    );
  }

  protected search(text: string): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.pages.restart();
      this.text.set(text.trim());
    }, SEARCH_DELAY_MS);
  }

  protected filter(state: JamfState | ''): void {
    this.pages.restart();
    this.state.set(state);
  }

  protected toggle({ id }: JamfRecordDto): void {
    this.opened.update((opened) => (opened === id ? null : id));
  }

  protected async compare(): Promise<void> {
    const done = $localize`The comparison begins within seconds.`;
    await this.notices.attempt(() => this.api.invoke(compareWithJamf, {}), done, { curl: curlOf(compareWithJamf, {}) });
    await this.load();
  }

  protected async resolve({ id, filename }: JamfRecordDto, use: 'ods' | 'jamf', isMadeAgain = false): Promise<void> {
    const params = { id, body: { use } };
    const texts = {
      ods: [$localize`Write the hash of the content here?`, $localize`The record keeps every other field.`, $localize`Write the hash`],
      jamf: [
        $localize`Keep the hash in Jamf Pro?`,
        $localize`Computers that check it will refuse the content that this server gives them, as long as the two differ.`,
        $localize`Keep it`,
      ],
      again: [
        $localize`Make the record again?`,
        $localize`It gets a new number in Jamf Pro; policies that used the former one have to be changed.`,
        $localize`Make it`,
      ],
    } as const;
    const [title, text, action] = texts[isMadeAgain ? 'again' : use];
    if (!(await this.confirm.ask({ title, text, action, names: [filename], curl: curlOf(resolveJamfRecord, params) }))) return;
    await this.notices.attempt(() => this.api.invoke(resolveJamfRecord, params), $localize`Decided; the record is compared again.`);
    await this.load();
  }

  protected settled(): void {
    void this.load();
  }

  private async load(): Promise<void> {
    const params = this.params();
    try {
      const settings = await this.api.invoke(getJamfSettings, {});
      const list = await this.api.invoke(listJamfRecords, params);
      if (params === this.params()) this.shown.set({ status: 'ready', value: { settings, list } });
      this.isSetUp.set(true);
    } catch (error) {
      if (codeOf(error) === 'jamf-not-set-up') this.isSetUp.set(false);
      else if (this.shown().status !== 'ready') this.shown.set({ status: 'failed', message: sentenceOf(error) });
    }
  }
}
