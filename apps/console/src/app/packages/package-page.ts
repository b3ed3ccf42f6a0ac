import { ChangeDetectionStrategy, Component, computed, effect, inject, input, signal } from '@angular/core';
import { FormsModule } from '@angular/forms';
import { MatButtonModule } from '@angular/material/button';
import { MatFormFieldModule } from '@angular/material/form-field';
import { MatInputModule } from '@angular/material/input';
import { MatMenuModule } from '@angular/material/menu';
import { MatSnackBar } from '@angular/material/snack-bar';
import { Router, RouterLink } from '@angular/router';
import { Api, getPackage, type PackageDetailDto, restorePackage, updatePackage, verifyPackage } from '#libs/api-client';
import { Session } from '../session/session';
import { Chip } from '../shared/chip';
import { CopyButton } from '../shared/copy-button';
import { type Loadable, loading, valueOf } from '../shared/loadable';
import { pollWhileVisible } from '../shared/poll';
import { sentenceOf } from '../shared/problem';
import { When } from '../shared/when';
import { downloadPath, PackageActions } from './package-actions';
import { stages, type Stage, statusWords } from './status-words';

const REFRESH_MS = 3_000;

/** One package: what it is, whether it is here, and what can be done with it. */
@Component({
  changeDetection: ChangeDetectionStrategy.OnPush,
  imports: [Chip, CopyButton, FormsModule, MatButtonModule, MatFormFieldModule, MatInputModule, MatMenuModule, RouterLink, When],
  templateUrl: './package-page.html',
  styles: `
    .notes {
      width: 100%;
    }
    p {
      margin: 0;
    }
  `,
})
export class PackagePage {
  private readonly api = inject(Api);
  private readonly actions = inject(PackageActions);
  private readonly snackBar = inject(MatSnackBar);
  private readonly router = inject(Router);

  /** From the address. */
  readonly name = input.required<string>();

  protected readonly stages = stages;
  protected readonly words = statusWords;
  protected readonly mayPublish = inject(Session).mayPublish;
  protected readonly state = signal<Loadable<PackageDetailDto>>(loading);
  protected readonly notes = signal<string | null>(null);
  protected readonly isVerifying = signal(false);
  protected readonly url = computed(() => location.origin + downloadPath(this.name()));
  protected readonly downloadPath = downloadPath;

  constructor() {
    effect(() => void this.load(this.name()));
    pollWhileVisible(
      () => this.load(this.name()),
      () => REFRESH_MS,
    );
  }

  protected readonly hasNewNotes = computed(() => this.notes() !== null && this.notes() !== (valueOf(this.state())?.notes ?? ''));

  protected async setStage(row: PackageDetailDto, stage: Stage): Promise<void> {
    await this.actions.setStage(row, stage);
    await this.load(this.name());
  }

  protected async remove(row: PackageDetailDto): Promise<void> {
    if (await this.actions.remove(row)) await this.router.navigateByUrl('/packages');
  }

  protected async saveNotes(): Promise<void> {
    const notes = this.notes();
    await this.attempt('The notes are saved, on every server.', async () => {
      await this.api.invoke(updatePackage, { id_or_name: this.name(), body: { notes: notes === '' ? null : notes } });
      this.notes.set(null);
    });
  }

  protected async restore(): Promise<void> {
    await this.attempt('The earlier version is back, on every server.', () => this.api.invoke(restorePackage, { id_or_name: this.name() }));
  }

  protected async verify(): Promise<void> {
    this.isVerifying.set(true);
    await this.attempt(null, async () => {
      const { intact } = await this.api.invoke(verifyPackage, { id_or_name: this.name() });
      this.tell(
        intact
          ? 'The content on disk is exactly what was uploaded.'
          : 'The content on disk was damaged. It is offline here and is fetched again from another server.',
      );
    });
    this.isVerifying.set(false);
  }

  private async attempt(done: string | null, work: () => Promise<unknown>): Promise<void> {
    try {
      await work();
      if (done !== null) this.tell(done);
    } catch (error) {
      this.snackBar.open(sentenceOf(error), 'Close');
    }
    await this.load(this.name());
  }

  private tell(text: string): void {
    this.snackBar.open(text, undefined, { duration: 5_000 });
  }

  private async load(name: string): Promise<void> {
    try {
      this.state.set({ status: 'ready', value: await this.api.invoke(getPackage, { id_or_name: name }) });
    } catch (error) {
      this.state.set({ status: 'failed', message: sentenceOf(error) });
    }
  }
}
