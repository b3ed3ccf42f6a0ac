import { HttpClient, HttpEventType, HttpRequest, type HttpEvent } from '@angular/common/http';
import { computed, inject, Injectable, signal } from '@angular/core';
import { type Subscription } from 'rxjs';
import { uploadPackage, type UploadedDto } from '#libs/api-client';
import { codeOf, sentenceOf } from '../shared/problem';
import type { Stage } from './status-words';

export type UploadState = 'waiting' | 'sending' | 'finishing' | 'done' | 'taken' | 'failed' | 'cancelled';

/** One file on its way to the server. */
export interface Upload {
  readonly id: number;
  readonly file: File;
  readonly stage: Stage | null;
  readonly replaces: boolean;
  readonly state: UploadState;
  readonly sent: number;
  /** Bytes per second, smoothed; 0 while unknown. */
  readonly rate: number;
  readonly message: string;
}

/** How much a new measurement counts against the ones before. */
const SMOOTHING = 0.3;
const underWay: readonly UploadState[] = ['waiting', 'sending', 'finishing'];

/** Sends files one after the other, and knows how far each is. Lives as long as the page, wherever the reader goes in it. */
@Injectable({ providedIn: 'root' })
export class UploadQueue {
  private readonly http = inject(HttpClient);
  private readonly list = signal<readonly Upload[]>([]);
  private readonly finished = signal(0);
  private lastId = 0;
  private sending: { id: number; subscription: Subscription } | undefined;
  private lastEvent = { at: 0, sent: 0 };

  readonly uploads = this.list.asReadonly();
  /** Counts up whenever an upload has changed the catalog. */
  readonly changes = this.finished.asReadonly();
  readonly isBusy = computed(() => this.list().some(({ state }) => underWay.includes(state)));

  constructor() {
    window.addEventListener('beforeunload', (event) => {
      if (this.isBusy()) event.preventDefault();
    });
  }

  add(files: Iterable<File>, stage: Stage | null): void {
    const added = [...files].map((file): Upload => ({
      id: ++this.lastId,
      file,
      stage,
      replaces: false,
      state: 'waiting',
      sent: 0,
      rate: 0,
      message: '',
    }));
    this.list.update((list) => [...list, ...added]);
    this.next();
  }

  cancel(id: number): void {
    if (this.sending?.id === id) {
      this.sending.subscription.unsubscribe();
      this.sending = undefined;
    }
    this.change(id, { state: 'cancelled', message: 'Cancelled. Nothing was kept.' });
    this.next();
  }

  /** Sends it again; `replaces` overwrites what has the name, on every server. */
  again(id: number, replaces = false): void {
    this.change(id, { state: 'waiting', sent: 0, rate: 0, message: '', replaces });
    this.next();
  }

  clearEnded(): void {
    this.list.update((list) => list.filter(({ state }) => underWay.includes(state)));
  }

  private next(): void {
    if (this.sending) return;
    const upload = this.list().find(({ state }) => state === 'waiting');
    if (!upload) return;
    this.lastEvent = { at: performance.now(), sent: 0 };
    this.change(upload.id, { state: 'sending' });
    const subscription = this.http.request<UploadedDto>(requestOf(upload)).subscribe({
      next: (event) => this.progress(upload.id, event),
      error: (error: unknown) => this.ended(upload.id, codeOf(error) === 'filename-taken' ? 'taken' : 'failed', sentenceOf(error)),
    });
    if (this.list().find(({ id }) => id === upload.id)?.state !== 'failed') this.sending = { id: upload.id, subscription };
  }

  private progress(id: number, event: HttpEvent<UploadedDto>): void {
    if (event.type === HttpEventType.UploadProgress) {
      const now = performance.now();
      const rate = ((event.loaded - this.lastEvent.sent) * 1_000) / Math.max(1, now - this.lastEvent.at);
      this.lastEvent = { at: now, sent: event.loaded };
      this.list.update((list) =>
        list.map((upload) => {
          if (upload.id !== id) return upload;
          const smoothed = upload.rate === 0 ? rate : upload.rate + SMOOTHING * (rate - upload.rate);
          const sent = Math.min(event.loaded, upload.file.size);
          return { ...upload, sent, rate: smoothed, state: sent >= upload.file.size ? 'finishing' : 'sending' };
        }),
      );
    } else if (event.type === HttpEventType.Response) {
      const existed = event.body?.already_existed === true;
      this.ended(id, 'done', existed ? 'It was here already, with exactly this content.' : 'Uploaded and verified.');
    }
  }

  private ended(id: number, state: UploadState, message: string): void {
    this.change(id, { state, message });
    if (state === 'done') this.finished.update((count) => count + 1);
    this.sending = undefined;
    this.next();
  }

  private change(id: number, change: Partial<Upload>): void {
    this.list.update((list) => list.map((upload) => (upload.id === id ? { ...upload, ...change } : upload)));
  }
}

function requestOf({ file, stage, replaces }: Upload): HttpRequest<FormData> {
  const form = new FormData();
  if (stage !== null) form.set('stage', stage);
  if (replaces) form.set('replace', 'true');
  form.set('file', file, file.name);
  return new HttpRequest('POST', uploadPackage.PATH, form, { reportProgress: true });
}
