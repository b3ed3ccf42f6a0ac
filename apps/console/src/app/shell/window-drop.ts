import { ChangeDetectionStrategy, Component, inject, signal } from '@angular/core';
import { Router } from '@angular/router';
import { UploadQueue } from '../packages/upload-queue';
import { UploadTarget } from '../packages/upload-target';
import { Session } from '../session/session';

const hasFiles = ({ dataTransfer }: DragEvent): boolean => dataTransfer?.types.includes('Files') ?? false;

/** Files dropped anywhere are uploaded, and never opened by the browser in place of the console. */
@Component({
  selector: 'ods-window-drop',
  changeDetection: ChangeDetectionStrategy.OnPush,
  host: {
    '(window:dragover)': 'over($event)',
    '(window:dragleave)': 'leave($event)',
    '(window:drop)': 'drop($event)',
  },
  template: `
    @if (isOver()) {
      <div class="target" role="status"><strong i18n>Drop the files to upload them</strong></div>
    }
  `,
  styles: `
    .target {
      position: fixed;
      inset: 12px;
      z-index: 20;
      display: grid;
      place-items: center;
      font-size: 1.25rem;
      pointer-events: none;
      border: 2px dashed var(--mat-sys-primary);
      border-radius: var(--ods-radius);
      background: color-mix(in srgb, var(--ods-card) 88%, transparent);
    }
  `,
})
export class WindowDrop {
  private readonly queue = inject(UploadQueue);
  private readonly target = inject(UploadTarget);
  private readonly router = inject(Router);
  private readonly mayPublish = inject(Session).mayPublish;

  protected readonly isOver = signal(false);

  protected over(event: DragEvent): void {
    if (!hasFiles(event)) return;
    event.preventDefault();
    if (event.dataTransfer) event.dataTransfer.dropEffect = this.mayPublish() ? 'copy' : 'none';
    this.isOver.set(this.mayPublish());
  }

  /** Into another element is no leaving. */
  protected leave(event: DragEvent): void {
    if (event.relatedTarget === null) this.isOver.set(false);
  }

  protected drop(event: DragEvent): void {
    if (!hasFiles(event)) return;
    event.preventDefault();
    this.isOver.set(false);
    if (!this.mayPublish() || !event.dataTransfer) return;
    this.queue.add(event.dataTransfer.files, this.target.stage());
    if (!this.router.url.startsWith('/packages')) void this.router.navigateByUrl('/packages');
  }
}
