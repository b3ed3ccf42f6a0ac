import { ChangeDetectionStrategy, Component, inject, signal } from '@angular/core';
import { MatButtonModule } from '@angular/material/button';
import { MatFormFieldModule } from '@angular/material/form-field';
import { MatProgressBarModule } from '@angular/material/progress-bar';
import { MatSelectModule } from '@angular/material/select';
import { Confirm } from '../shared/confirm';
import { BytesPipe, DurationPipe } from '../shared/format';
import { stages, type Stage } from './status-words';
import { type Upload, UploadQueue } from './upload-queue';

/** Files in: dropped or chosen, with their progress. */
@Component({
  selector: 'ods-upload-panel',
  changeDetection: ChangeDetectionStrategy.OnPush,
  imports: [BytesPipe, DurationPipe, MatButtonModule, MatFormFieldModule, MatProgressBarModule, MatSelectModule],
  templateUrl: './upload-panel.html',
  styleUrl: './upload-panel.scss',
})
export class UploadPanel {
  private readonly queue = inject(UploadQueue);
  private readonly confirm = inject(Confirm);

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

  protected percent({ sent, file }: Upload): number {
    return file.size === 0 ? 100 : (100 * sent) / file.size;
  }

  protected left({ sent, file, rate }: Upload): number | null {
    return rate > 0 ? (file.size - sent) / rate : null;
  }

  protected cancel(id: number): void {
    this.queue.cancel(id);
  }

  protected again(id: number): void {
    this.queue.again(id);
  }

  protected async replace({ id, file }: Upload): Promise<void> {
    const text = `Every server gets this new content of ${file.name} in place of the old one. The old one can be restored for a while.`;
    if (await this.confirm.ask({ title: `Replace ${file.name}?`, text, action: 'Replace everywhere' })) this.queue.again(id, true);
  }

  protected clear(): void {
    this.queue.clearEnded();
  }

  protected hasEnded({ state }: Upload): boolean {
    return ['done', 'taken', 'failed', 'cancelled'].includes(state);
  }

  protected readonly anyEnded = (): boolean => this.uploads().some((upload) => this.hasEnded(upload));
}
