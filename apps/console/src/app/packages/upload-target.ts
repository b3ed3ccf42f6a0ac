import { computed, inject, Injectable, signal } from '@angular/core';
import { namesOf, serves, StageTargets, type Target } from './stage-targets';
import type { Stage } from './status-words';

/** The stage that the next uploads get, and which servers will serve them. */
@Injectable({ providedIn: 'root' })
export class UploadTarget {
  private readonly targets = inject(StageTargets);
  private readonly servers = signal<readonly Target[] | null>(null);

  /** Null: that of this server. */
  readonly stage = signal<Stage | null>(null);
  private readonly effective = computed(() => this.stage() ?? this.servers()?.find(({ relation }) => relation === 'self')?.stage ?? null);
  private readonly serving = computed(() => {
    const stage = this.effective();
    return stage === null ? null : (this.servers() ?? []).filter((server) => serves(server, stage));
  });
  /** Known before anything is sent. */
  readonly isServedNowhere = computed(() => this.serving()?.length === 0);
  readonly isServedHere = computed(() => this.serving()?.some(({ relation }) => relation === 'self') ?? true);
  /** Null while it is not known. */
  readonly sentence = computed(() => {
    const serving = this.serving();
    if (serving === null) return null;
    if (serving.length === 0)
      return $localize`No server serves packages of the stage ${this.effective()}\: they are stored here and offered nowhere.`;
    const names = namesOf(serving);
    return this.isServedHere() ? $localize`Served by ${names}.` : $localize`Not served by this server, only by ${names}.`;
  });

  async load(): Promise<void> {
    this.servers.set((await this.targets.servers()) ?? this.servers());
  }
}
