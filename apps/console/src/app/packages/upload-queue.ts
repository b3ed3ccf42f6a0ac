import { HttpClient, HttpEventType, HttpRequest } from '@angular/common/http';
import { computed, inject, Injectable, signal } from '@angular/core';
import { EMPTY, mergeMap, type Observable, of, type Subscription } from 'rxjs';
import { uploadPackage, type UploadedDto } from '#libs/api-client';
import { codeOf, sentenceOf } from '../shared/problem';
import { ResumableSender, type SendEvent } from './resumable-sender';
import type { Stage } from './status-words';
import { UploadMemory } from './upload-memory';

/** `lost`: begun before the page was loaded; goes on when the same file is chosen again. */
export type UploadState = 'waiting' | 'sending' | 'finishing' | 'paused' | 'lost' | 'done' | 'taken' | 'failed' | 'cancelled';

/** One file on its way to the server. */
export interface Upload {
  readonly id: number;
  readonly name: string;
  readonly size: number;
  readonly lastModified: number;
  /** Null while it is lost. */
  readonly file: File | null;
  readonly stage: Stage | null;
  readonly replaces: boolean;
  /** Names it at the server, when it can be gone on with. */
  readonly address: string | null;
  readonly state: UploadState;
  readonly sent: number;
  /** Bytes per second, smoothed; 0 while unknown. */
  readonly rate: number;
  readonly message: string;
}

/** How much a new measurement counts against the ones before. */
const SMOOTHING = 0.3;
/** Smaller files go in one request, and are sent again when that fails. */
const RESUMABLE_FROM = 4 * 1_048_576;
const underWay: readonly UploadState[] = ['waiting', 'sending', 'finishing'];
const over: readonly UploadState[] = ['done', 'taken', 'failed', 'cancelled'];

/** Sends files one after the other, and knows how far each is. Large ones can be paused, and survive a reload of the page. */
@Injectable({ providedIn: 'root' })
export class UploadQueue {
  private readonly http = inject(HttpClient);
  private readonly sender = inject(ResumableSender);
  private readonly memory = inject(UploadMemory);
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
    this.list.set(
      this.memory.all().map((begun): Upload => ({ ...begun, id: ++this.lastId, file: null, state: 'lost', sent: 0, rate: 0, message: '' })),
    );
    window.addEventListener('beforeunload', (event) => {
      if (this.list().some(({ state, address }) => underWay.includes(state) && address === null)) event.preventDefault();
    });
  }

  add(files: Iterable<File>, stage: Stage | null): void {
    for (const file of files) {
      const { name, size, lastModified } = file;
      const lost = this.list().find(
        (each) => each.state === 'lost' && each.name === name && each.size === size && each.lastModified === lastModified,
      );
      const fresh = { name, size, lastModified, stage, replaces: false, address: null, sent: 0, rate: 0, message: '' };
      if (lost) this.change(lost.id, { file, state: 'waiting' });
      else this.list.update((list) => [...list, { ...fresh, id: ++this.lastId, file, state: 'waiting' }]);
    }
    this.next();
  }

  /** Stops sending; what the server has, it keeps. */
  pause(id: number): void {
    this.stop(id);
    this.change(id, { state: 'paused', rate: 0 });
    this.next();
  }

  resume(id: number): void {
    this.change(id, { state: 'waiting' });
    this.next();
  }

  async cancel(id: number): Promise<void> {
    this.stop(id);
    const { address, state } = this.find(id) ?? {};
    const isSent = state === 'finishing';
    const message = isSent
      ? $localize`Cancelled, but all of it was sent already. If it stands in the list below, delete it there.`
      : $localize`Cancelled. Nothing was kept.`;
    this.change(id, { state: 'cancelled', address: null, message });
    if (address) this.memory.drop(address);
    this.next();
    if (address) await this.sender.forget(address);
  }

  /** Sends it again; `replaces` overwrites what has the name, on every server. */
  again(id: number, replaces = false): void {
    this.change(id, { state: 'waiting', sent: 0, rate: 0, message: '', replaces });
    this.next();
  }

  clearEnded(): void {
    this.list.update((list) => list.filter(({ state }) => !over.includes(state)));
  }

  private next(): void {
    if (this.sending) return;
    const upload = this.list().find(({ state, file }) => state === 'waiting' && file !== null);
    if (!upload) return;
    this.lastEvent = { at: performance.now(), sent: 0 };
    this.change(upload.id, { state: 'sending' });
    const isLarge = upload.size >= RESUMABLE_FROM;
    const way = isLarge ? this.sender.send({ ...upload, file: upload.file! }) : this.form(upload, upload.file!);
    const sending = { id: upload.id, subscription: undefined as unknown as Subscription };
    this.sending = sending;
    sending.subscription = way.subscribe({
      next: (event) => this.progress(upload.id, event),
      error: (error: unknown) => this.failed(upload.id, error),
    });
  }

  private form({ stage, replaces }: Upload, file: File): Observable<SendEvent> {
    const form = new FormData();
    if (stage !== null) form.set('stage', stage);
    if (replaces) form.set('replace', 'true');
    form.set('file', file, file.name);
    const request = new HttpRequest('POST', uploadPackage.PATH, form, { reportProgress: true });
    return this.http.request<UploadedDto>(request).pipe(
      mergeMap((event): Observable<SendEvent> => {
        if (event.type === HttpEventType.UploadProgress) return of({ kind: 'sent', sent: event.loaded });
        return event.type === HttpEventType.Response ? of({ kind: 'done', existed: event.body?.already_existed === true }) : EMPTY;
      }),
    );
  }

  private progress(id: number, event: SendEvent): void {
    const upload = this.find(id);
    if (!upload) return;
    if (event.kind === 'placed') {
      const { name, size, lastModified, stage, replaces } = upload;
      this.memory.keep({ address: event.address, name, size, lastModified, stage, replaces });
      this.lastEvent = { at: performance.now(), sent: event.sent };
      this.change(id, { address: event.address, sent: event.sent });
    } else if (event.kind === 'sent') this.change(id, this.measured(upload, event.sent));
    else
      this.ended(
        id,
        'done',
        event.existed ? $localize`It was here already, with exactly this content.` : $localize`Uploaded and verified.`,
      );
  }

  private measured({ size, rate }: Upload, loaded: number): Partial<Upload> {
    const now = performance.now();
    const measured = ((loaded - this.lastEvent.sent) * 1_000) / Math.max(1, now - this.lastEvent.at);
    this.lastEvent = { at: now, sent: loaded };
    const sent = Math.min(loaded, size);
    return { sent, rate: rate === 0 ? measured : rate + SMOOTHING * (measured - rate), state: sent >= size ? 'finishing' : 'sending' };
  }

  private failed(id: number, error: unknown): void {
    const isTaken = codeOf(error) === 'filename-taken';
    if (isTaken) this.forgetAddress(id);
    this.ended(id, isTaken ? 'taken' : 'failed', sentenceOf(error));
  }

  private ended(id: number, state: UploadState, message: string): void {
    if (state === 'done') this.forgetAddress(id);
    this.change(id, { state, message });
    if (state === 'done') this.finished.update((count) => count + 1);
    this.sending = undefined;
    this.next();
  }

  private forgetAddress(id: number): void {
    const address = this.find(id)?.address;
    if (address) this.memory.drop(address);
    this.change(id, { address: null });
  }

  private stop(id: number): void {
    if (this.sending?.id !== id) return;
    this.sending.subscription.unsubscribe();
    this.sending = undefined;
  }

  private find(id: number): Upload | undefined {
    return this.list().find((upload) => upload.id === id);
  }

  private change(id: number, change: Partial<Upload>): void {
    this.list.update((list) => list.map((upload) => (upload.id === id ? { ...upload, ...change } : upload)));
  }
}
