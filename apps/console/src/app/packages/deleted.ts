import { ChangeDetectionStrategy, Component, computed, effect, inject, signal } from '@angular/core';
import { FormsModule } from '@angular/forms';
import { MatButtonModule } from '@angular/material/button';
import { MatFormFieldModule } from '@angular/material/form-field';
import { MatInputModule } from '@angular/material/input';
import { RouterLink } from '@angular/router';
import { Api, type DeletedPackageDto, type DeletedPackageListDto, listDeletedPackages, restorePackage } from '#libs/api-client';
import { Session } from '../session/session';
import { CopyButton } from '../shared/copy-button';
import { curlOf } from '../shared/curl';
import { BytesPipe } from '../shared/format';
import { labels } from '../shared/labels';
import { type Loadable, loading } from '../shared/loadable';
import { Notices } from '../shared/notices';
import { Pages } from '../shared/pages';
import { pollWhileVisible } from '../shared/poll';
import { sentenceOf } from '../shared/problem';
import { When } from '../shared/when';
import { byName } from './addressing';

const PAGE_SIZE = 50;
const REFRESH_MS = 15_000;
const SEARCH_DELAY_MS = 250;

/** Deleted packages, as long as they can be restored. */
@Component({
  changeDetection: ChangeDetectionStrategy.OnPush,
  imports: [BytesPipe, CopyButton, FormsModule, MatButtonModule, MatFormFieldModule, MatInputModule, RouterLink, When],
  templateUrl: './deleted.html',
  styles: `
    p {
      margin: 0;
    }
    .bar {
      padding: 12px 20px;
    }
  `,
})
export class Deleted {
  private readonly api = inject(Api);
  private readonly notices = inject(Notices);

  protected readonly labels = labels;
  protected readonly mayPublish = inject(Session).mayPublish;
  protected readonly state = signal<Loadable<DeletedPackageListDto>>(loading);
  protected readonly pages = new Pages();
  protected readonly text = signal('');
  private readonly params = computed(() => {
    const [q, cursor] = [this.text(), this.pages.cursor()];
    return { limit: PAGE_SIZE, ...(q && { q }), ...(cursor !== undefined && { cursor }) };
  });
  protected readonly curl = computed(() => curlOf(listDeletedPackages, this.params()));
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

  protected async restore({ filename, version }: DeletedPackageDto): Promise<void> {
    const params = { ...byName(filename), uuid: version.uuid };
    const done = $localize`${filename} is restored, on every server.`;
    await this.notices.attempt(() => this.api.invoke(restorePackage, params), done, { curl: curlOf(restorePackage, params) });
    await this.load();
  }

  private async load(): Promise<void> {
    const params = this.params();
    try {
      const value = await this.api.invoke(listDeletedPackages, params);
      if (params === this.params()) this.state.set({ status: 'ready', value });
    } catch (error) {
      if (this.state().status !== 'ready') this.state.set({ status: 'failed', message: sentenceOf(error) });
    }
  }
}
