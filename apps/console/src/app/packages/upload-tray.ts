import { ChangeDetectionStrategy, Component, computed, effect, inject, signal, untracked } from '@angular/core';
import { takeUntilDestroyed } from '@angular/core/rxjs-interop';
import { MatButtonModule } from '@angular/material/button';
import { MatProgressBarModule } from '@angular/material/progress-bar';
import { NavigationEnd, Router } from '@angular/router';
import { filter, map, pairwise } from 'rxjs';
import { pathOf } from '../shell/places';
import { Chip } from '../shared/chip';
import { Confirm } from '../shared/confirm';
import { CopyButton } from '../shared/copy-button';
import { uploadCurl } from '../shared/curl';
import { BytesPipe, DurationPipe } from '../shared/format';
import { labels } from '../shared/labels';
import { Notices } from '../shared/notices';
import { pollWhileVisible } from '../shared/poll';
import { InspectionFollower } from './inspection-follower';
import { uploadWords } from './inspection-words';
import { SpreadFollower } from './spread-follower';
import { type Upload, UploadQueue } from './upload-queue';

const FOLLOW_MS = 5_000;
/** Long enough to read the last line. */
const FOLDS_AFTER_MS = 30_000;

/** Uploads of this browser on every page: how far each is, and then how far its package is on the way to the other servers. */
@Component({
  selector: 'ods-upload-tray',
  changeDetection: ChangeDetectionStrategy.OnPush,
  imports: [BytesPipe, Chip, CopyButton, DurationPipe, MatButtonModule, MatProgressBarModule],
  templateUrl: './upload-tray.html',
  styleUrl: './upload-tray.scss',
})
export class UploadTray {
  protected readonly labels = labels;
  private readonly queue = inject(UploadQueue);
  private readonly follower = inject(SpreadFollower);
  private readonly inspections = inject(InspectionFollower);
  private readonly confirm = inject(Confirm);
  private readonly notices = inject(Notices);

  protected readonly uploads = this.queue.uploads;
  protected readonly isFolded = signal(false);
  private readonly done = computed(() => this.uploads().filter(({ state }) => state === 'done'));
  protected readonly anyEnded = computed(() => this.uploads().some((upload) => this.hasEnded(upload)));
  protected readonly title = computed(() => {
    const [done, all] = [this.done().length, this.uploads().length];
    return done === all ? $localize`Uploads` : $localize`Uploads: ${done} of ${all} done`;
  });
  private readonly unfinished = computed(() =>
    this.uploads()
      .filter((upload) => !this.hasEnded(upload))
      .map(({ name }) => name),
  );
  private readonly isOver = computed(
    () => this.done().length === this.uploads().length && this.done().every(({ name }) => this.follower.isSettled(name)),
  );

  constructor() {
    effect((onCleanup) => {
      if (!this.isOver()) return this.isFolded.set(false);
      const timer = setTimeout(() => this.isFolded.set(true), FOLDS_AFTER_MS);
      onCleanup(() => clearTimeout(timer));
    });
    effect(() => void this.follow(this.done().map(({ name }) => name)));
    pollWhileVisible(
      () => this.follow(this.done().map(({ name }) => name)),
      () => FOLLOW_MS,
    );
    // On another page it must not lie over what is there; its head still says how far the uploads are.
    inject(Router)
      .events.pipe(
        filter((event) => event instanceof NavigationEnd),
        map(({ urlAfterRedirects }) => pathOf(urlAfterRedirects)),
        pairwise(),
        filter(([before, now]) => before !== now),
        takeUntilDestroyed(),
      )
      .subscribe(() => this.isFolded.set(true));
    // What was known of the content before says nothing about the one that is on its way.
    effect(() => {
      const names = this.unfinished();
      untracked(() => [this.follower, this.inspections].forEach((each) => each.forget(names)));
    });
  }

  private async follow(names: readonly string[]): Promise<void> {
    await Promise.all([this.follower.follow(names), this.inspections.follow(names)]);
  }

  protected spreadOf = ({ state, name }: Upload): string | null => (state === 'done' ? this.follower.wordsFor(name) : null);

  protected findingsOf = ({ state, name }: Upload): string[] => {
    const inspection = state === 'done' ? this.inspections.inspectionOf(name) : null;
    return inspection ? uploadWords(inspection) : [];
  };

  protected signerChangeOf = ({ state, name }: Upload): string | null =>
    state === 'done' ? (this.inspections.inspectionOf(name)?.related?.signer_change?.sentence ?? null) : null;

  protected percent({ sent, size }: Upload): number {
    return size === 0 ? 100 : (100 * sent) / size;
  }

  protected left({ sent, size, rate }: Upload): number | null {
    return rate > 0 ? (size - sent) / rate : null;
  }

  protected async cancel(id: number): Promise<void> {
    await this.notices.attempt(() => this.queue.cancel(id));
  }

  protected pause(id: number): void {
    this.queue.pause(id);
  }

  protected resume(id: number): void {
    this.queue.resume(id);
  }

  protected curl({ name, stage }: Upload): string {
    return uploadCurl(name, stage);
  }

  protected again(id: number): void {
    this.queue.again(id);
  }

  protected async replace({ id, name }: Upload): Promise<void> {
    const text = $localize`Every server gets this new content of ${name} in place of the old one. The old one can be restored for a while.`;
    if (await this.confirm.ask({ title: $localize`Replace ${name}?`, text, action: $localize`Replace everywhere` }))
      this.queue.again(id, true);
  }

  protected clear(): void {
    this.queue.clearEnded();
  }

  protected hasEnded({ state }: Upload): boolean {
    return ['done', 'taken', 'failed', 'cancelled'].includes(state);
  }
}
