import { ChangeDetectionStrategy, Component, computed, inject, signal } from '@angular/core';
import { MatButtonModule } from '@angular/material/button';
import { MatCheckboxModule } from '@angular/material/checkbox';
import { RouterLink } from '@angular/router';
import {
  Api,
  applyHeldChanges,
  type DecideHeldChangesDto,
  type HeldChangeListDto,
  listHeldChanges,
  rejectHeldChanges,
} from '#libs/api-client';
import { Confirm } from '../shared/confirm';
import { curlOf } from '../shared/curl';
import { EntryLink } from '../shared/entry-link';
import { BytesPipe } from '../shared/format';
import { type Loadable, loading, valueOf } from '../shared/loadable';
import { Notices } from '../shared/notices';
import { pollWhileVisible } from '../shared/poll';
import { sentenceOf } from '../shared/problem';
import { When } from '../shared/when';

const REFRESH_MS = 5_000;

/** Destructive changes of other servers that were so many at once that this one waits for a decision. */
@Component({
  changeDetection: ChangeDetectionStrategy.OnPush,
  imports: [BytesPipe, EntryLink, MatButtonModule, MatCheckboxModule, RouterLink, When],
  templateUrl: './held.html',
  styles: `
    p {
      margin: 0;
    }
    .bar {
      padding: 14px 20px;
    }
    .bar .grow {
      flex-basis: 420px;
    }
    .bar .row {
      flex: none;
    }
  `,
})
export class Held {
  private readonly api = inject(Api);
  private readonly confirm = inject(Confirm);
  private readonly notices = inject(Notices);

  protected readonly state = signal<Loadable<HeldChangeListDto>>(loading);
  protected readonly chosen = signal<ReadonlySet<string>>(new Set());
  protected readonly size = computed(() => this.chosen().size);
  private readonly body = computed((): DecideHeldChangesDto => (this.size() === 0 ? {} : { filenames: [...this.chosen()] }));
  private readonly count = computed(() => this.size() || (valueOf(this.state())?.total ?? 0));

  constructor() {
    void this.load();
    pollWhileVisible(
      () => this.load(),
      () => REFRESH_MS,
    );
  }

  protected choose(filename: string, isChosen: boolean): void {
    this.chosen.update((before) => {
      const after = new Set(before);
      if (isChosen) after.add(filename);
      else after.delete(filename);
      return after;
    });
  }

  protected async apply(): Promise<void> {
    const body = this.body();
    const title = this.count() === 1 ? $localize`Change 1 package here too?` : $localize`Change ${this.count()} packages here too?`;
    const text = $localize`They are deleted, withdrawn, replaced or demoted here, as they were elsewhere. For the retention time the contents they had can be restored.`;
    const curl = curlOf(applyHeldChanges, { body });
    if (!(await this.confirm.ask({ title, text, action: $localize`Apply them here`, curl }))) return;
    await this.decide(() => this.api.invoke(applyHeldChanges, { body }), $localize`They are applied here too.`);
  }

  protected async reject(): Promise<void> {
    const body = this.body();
    const title = this.count() === 1 ? $localize`Keep 1 package?` : $localize`Keep ${this.count()} packages?`;
    const text = $localize`The changes are undone on every server: the packages stay as they are here, and return to where they were changed.`;
    const curl = curlOf(rejectHeldChanges, { body });
    if (!(await this.confirm.ask({ title, text, action: $localize`Keep them`, curl }))) return;
    await this.decide(() => this.api.invoke(rejectHeldChanges, { body }), $localize`They are kept, and return to the other servers.`);
  }

  private async decide(work: () => Promise<unknown>, done: string): Promise<void> {
    await this.notices.attempt(work, done);
    this.chosen.set(new Set());
    await this.load();
  }

  private async load(): Promise<void> {
    try {
      this.state.set({ status: 'ready', value: await this.api.invoke(listHeldChanges, {}) });
    } catch (error) {
      if (this.state().status !== 'ready') this.state.set({ status: 'failed', message: sentenceOf(error) });
    }
  }
}
