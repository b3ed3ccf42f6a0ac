import { ChangeDetectionStrategy, Component, computed, inject, signal } from '@angular/core';
import { MatButtonModule } from '@angular/material/button';
import { MatProgressBarModule } from '@angular/material/progress-bar';
import { Api, cancelTransfer, listTransfers, retryTransfer, type TransferDto } from '#libs/api-client';
import { Session } from '../session/session';
import { Chip, type ChipTone } from '../shared/chip';
import { curlOf } from '../shared/curl';
import { EntryLink } from '../shared/entry-link';
import { BytesPipe, DurationPipe } from '../shared/format';
import { labels } from '../shared/labels';
import { type Loadable, loading, valueOf } from '../shared/loadable';
import { Notices } from '../shared/notices';
import { pollWhileVisible } from '../shared/poll';
import { sentenceOf } from '../shared/problem';
import { When } from '../shared/when';

const words: Readonly<Record<TransferDto['state'], readonly [ChipTone, string]>> = {
  queued: ['busy', $localize`About to start`],
  active: ['busy', $localize`Fetching`],
  receiving: ['busy', $localize`Being pushed here`],
  waiting: ['warn', $localize`Waiting`],
  failed: ['bad', $localize`Failed, retried automatically`],
  cancelled: ['plain', $localize`Cancelled`],
  done: ['good', $localize`Arrived`],
};
const REFRESH_MS = 1_000;

/** What is on its way to this server, and what arrived recently. */
@Component({
  changeDetection: ChangeDetectionStrategy.OnPush,
  imports: [BytesPipe, Chip, DurationPipe, EntryLink, MatButtonModule, MatProgressBarModule, When],
  templateUrl: './activity.html',
  styles: `
    p {
      margin: 0;
    }
    .title {
      padding: 16px 20px;
    }
    td.progress {
      min-width: 220px;
    }
  `,
})
export class Activity {
  protected readonly labels = labels;
  private readonly api = inject(Api);
  private readonly notices = inject(Notices);

  protected readonly mayPublish = inject(Session).mayPublish;
  protected readonly state = signal<Loadable<readonly TransferDto[]>>(loading);
  protected readonly moving = computed(() =>
    (valueOf(this.state()) ?? []).filter(({ state }) => state !== 'done' && state !== 'cancelled'),
  );
  protected readonly ended = computed(() => (valueOf(this.state()) ?? []).filter(({ state }) => state === 'done' || state === 'cancelled'));

  constructor() {
    void this.load();
    pollWhileVisible(
      () => this.load(),
      () => REFRESH_MS,
    );
  }

  protected tone = ({ state }: TransferDto): ChipTone => words[state][0];
  protected word = ({ state }: TransferDto): string => words[state][1];
  protected percent = ({ verified_bytes, file_size }: TransferDto): number => (file_size === 0 ? 100 : (100 * verified_bytes) / file_size);

  protected async retry({ id, filename }: TransferDto): Promise<void> {
    const done = $localize`${filename} is tried again now.`;
    await this.notices.attempt(() => this.api.invoke(retryTransfer, { id }), done, { curl: curlOf(retryTransfer, { id }) });
    await this.load();
  }

  protected async cancel({ id, filename }: TransferDto): Promise<void> {
    const done = $localize`${filename} is cancelled. It can be fetched after all.`;
    await this.notices.attempt(() => this.api.invoke(cancelTransfer, { id }), done, { curl: curlOf(cancelTransfer, { id }) });
    await this.load();
  }

  private async load(): Promise<void> {
    try {
      this.state.set({ status: 'ready', value: (await this.api.invoke(listTransfers, {})).items });
    } catch (error) {
      if (this.state().status !== 'ready') this.state.set({ status: 'failed', message: sentenceOf(error) });
    }
  }
}
