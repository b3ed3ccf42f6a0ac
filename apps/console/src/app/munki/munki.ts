import { ChangeDetectionStrategy, Component, computed, inject, signal } from '@angular/core';
import { Api, listMunkiCatalogs, type MunkiCatalogsDto } from '#libs/api-client';
import { Chip } from '../shared/chip';
import { CopyButton } from '../shared/copy-button';
import { type Loadable, loading, valueOf } from '../shared/loadable';
import { pollWhileVisible } from '../shared/poll';
import { sentenceOf } from '../shared/problem';
import { MunkiFiles } from './munki-files';
import { MunkiItems } from './munki-items';
import { MunkiRules } from './munki-rules';

const REFRESH_MS = 10_000;

/** The Munki repository: what clients of this server find, and its files. */
@Component({
  changeDetection: ChangeDetectionStrategy.OnPush,
  imports: [Chip, CopyButton, MunkiFiles, MunkiItems, MunkiRules],
  templateUrl: './munki.html',
  styles: `
    p {
      margin: 0;
    }
    .bar {
      padding: 12px 20px;
      margin: 0;
    }
    code {
      overflow-wrap: anywhere;
    }
  `,
})
export class Munki {
  private readonly api = inject(Api);

  protected readonly shown = signal<Loadable<MunkiCatalogsDto>>(loading);
  protected readonly isEmpty = computed(() => valueOf(this.shown())?.catalogs.every(({ items }) => items === 0) ?? true);
  /** Of the catalogs, anew with each reading of them. */
  protected readonly names = computed(() => valueOf(this.shown())?.catalogs.map(({ name }) => name) ?? []);
  protected readonly setup = `sudo defaults write /Library/Preferences/ManagedInstalls SoftwareRepoURL "${location.origin}/munki"`;

  constructor() {
    pollWhileVisible(
      () => this.load(),
      () => REFRESH_MS,
    );
  }

  protected async load(): Promise<void> {
    try {
      this.shown.set({ status: 'ready', value: await this.api.invoke(listMunkiCatalogs, {}) });
    } catch (error) {
      if (this.shown().status !== 'ready') this.shown.set({ status: 'failed', message: sentenceOf(error) });
    }
  }
}
