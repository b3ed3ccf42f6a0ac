import { ChangeDetectionStrategy, Component, inject, signal } from '@angular/core';
import { MatButtonModule } from '@angular/material/button';
import { MatFormFieldModule } from '@angular/material/form-field';
import { MatProgressBarModule } from '@angular/material/progress-bar';
import { MatSelectModule } from '@angular/material/select';
import { Confirm } from '../shared/confirm';
import { CopyButton } from '../shared/copy-button';
import { uploadCurl } from '../shared/curl';
import { BytesPipe, DurationPipe } from '../shared/format';
import { labels } from '../shared/labels';
import { Notices } from '../shared/notices';
import { stages, type Stage } from './status-words';
import { type Upload, UploadQueue } from './upload-queue';

/** Files in: dropped or chosen, with their progress. */
@Component({
  selector: 'ods-upload-panel',
  changeDetection: ChangeDetectionStrategy.OnPush,
  imports: [BytesPipe, CopyButton, DurationPipe, MatButtonModule, MatFormFieldModule, MatProgressBarModule, MatSelectModule],
  templateUrl: './upload-panel.html',
  styleUrl: './upload-panel.scss',
})
export class UploadPanel {
  protected readonly labels = labels;
  private readonly queue = inject(UploadQueue);
  private readonly confirm = inject(Confirm);
  private readonly notices = inject(Notices);

  protected readonly stages = stages;
  protected readonly stage = signal<Stage | null>(null);
  protected readonly isOver = signal(false);
  protected readonly uploads = this.queue.uploads;

  protected choose(input: HTMLInputElement): void {
    if (input.files) this.queue.add(input.files, this.stage());
    input.value = '';
  }

  protected drop(event: DragEvent): void {
    event.preventDefault();
    this.isOver.set(false);
    if (event.dataTransfer) this.queue.add(event.dataTransfer.files, this.stage());
  }

  protected over(event: DragEvent): void {
    event.preventDefault();
    this.isOver.set(true);
  }

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
    const text = `Every server gets this new content of ${name} in place of the old one. The old one can be restored for a while.`;
    if (await this.confirm.ask({ title: $localize`Replace ${name}?`, text, action: $localize`Replace everywhere` }))
      this.queue.again(id, true);
  }

  protected clear(): void {
    this.queue.clearEnded();
  }

  protected hasEnded({ state }: Upload): boolean {
    return ['done', 'taken', 'failed', 'cancelled'].includes(state);
  }

  protected readonly anyEnded = (): boolean => this.uploads().some((upload) => this.hasEnded(upload));
}
