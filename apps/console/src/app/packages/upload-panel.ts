import { ChangeDetectionStrategy, Component, inject } from '@angular/core';
import { MatButtonModule } from '@angular/material/button';
import { MatFormFieldModule } from '@angular/material/form-field';
import { MatSelectModule } from '@angular/material/select';
import { Chip } from '../shared/chip';
import { pollWhileVisible } from '../shared/poll';
import { stages } from './status-words';
import { UploadQueue } from './upload-queue';
import { UploadTarget } from './upload-target';

const REFRESH_MS = 30_000;

/** Chooses files and their stage, and says which servers will serve them. Files are dropped anywhere in the window. */
@Component({
  selector: 'ods-upload-panel',
  changeDetection: ChangeDetectionStrategy.OnPush,
  imports: [Chip, MatButtonModule, MatFormFieldModule, MatSelectModule],
  templateUrl: './upload-panel.html',
  styleUrl: './upload-panel.scss',
})
export class UploadPanel {
  private readonly queue = inject(UploadQueue);
  protected readonly target = inject(UploadTarget);

  protected readonly stages = stages;

  constructor() {
    void this.target.load();
    pollWhileVisible(
      () => this.target.load(),
      () => REFRESH_MS,
    );
  }

  protected choose(input: HTMLInputElement): void {
    if (input.files) this.queue.add(input.files, this.target.stage());
    input.value = '';
  }
}
