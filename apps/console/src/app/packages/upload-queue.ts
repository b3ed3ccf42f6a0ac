import { HttpClient, HttpEventType, HttpRequest } from '@angular/common/http';
import { computed, inject, Injectable, signal } from '@angular/core';
import { catchError, EMPTY, mergeMap, type Observable, of, Subscription, throwError } from 'rxjs';
import { Api, getPackage, uploadPackage, type UploadedDto } from '#libs/api-client';
import { byName } from './addressing';
import { codeOf, sentenceOf } from '../shared/problem';
import { isTooLongForProxy, ResumableSender, type SendEvent } from './resumable-sender';
import type { Stage } from './status-words';
import { UploadMemory } from './upload-memory';
import { basePath } from '../shared/base';

/** `lost`: started before the page was loaded; resumed when the same file is chosen again. */
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

interface Sending {
  subscription: Subscription;
  lastEvent: { readonly at: number; readonly sent: number };
}

/** More at once do not make any of them arrive earlier. */
const AT_ONCE = 3;
/** How much a new measurement counts against the ones before. */
const SMOOTHING = 0.3;
/** Smaller files go in one request, and are sent again when that fails. */
const RESUMABLE_FROM = 4 * 1_048_576;
const underWay: readonly UploadState[] = ['waiting', 'sending', 'finishing'];
const over: readonly UploadState[] = ['done', 'taken', 'failed', 'cancelled'];

/** Sends a few files at a time, and knows how far each is. Large ones can be paused, and survive a reload of the page. */
@Injectable({ providedIn: 'root' })
export class UploadQueue {
  private readonly http = inject(HttpClient);
  private readonly api = inject(Api);
  private readonly sender = inject(ResumableSender);
  private readonly memory = inject(UploadMemory);
  private readonly list = signal<readonly Upload[]>([]);
  private readonly finished = signal(0);
  private lastId = 0;
  /** Those under way, with what was measured last. */
  private readonly sending = new Map<number, Sending>();

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
    const upload = this.list().find(({ state, file }) => state === 'waiting' && file !== null);
    if (!upload || this.sending.size >= AT_ONCE) return;
    this.change(upload.id, { state: 'sending' });
    const isLarge = upload.size >= RESUMABLE_FROM;
    const inPieces = () => this.sender.send({ ...upload, file: upload.file! });
    const way = isLarge
      ? inPieces()
      : this.form(upload, upload.file!).pipe(
          catchError((error) => (isTooLongForProxy(error) ? inPieces() : throwError(() => error as Error))),
        );
    const sending: Sending = { subscription: new Subscription(), lastEvent: { at: performance.now(), sent: 0 } };
    this.sending.set(upload.id, sending);
    sending.subscription.add(
      way.subscribe({
        next: (event) => this.progress(upload.id, event),
        error: (error: unknown) => this.failed(upload.id, error),
      }),
    );
    this.next();
  }

  private form({ stage, replaces }: Upload, file: File): Observable<SendEvent> {
    const form = new FormData();
    if (stage !== null) form.set('stage', stage);
    if (replaces) form.set('replace', 'true');
    form.set('file', file, file.name);
    const request = new HttpRequest('POST', basePath() + uploadPackage.PATH, form, { reportProgress: true });
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
      this.measure(id, event.sent);
      this.change(id, { address: event.address, sent: event.sent });
    } else if (event.kind === 'sent') this.change(id, this.measured(upload, event.sent));
    else void this.arrived(upload, event.existed);
  }

  /** The same content again changes nothing, its stage included, and that is said. */
  private async arrived({ id, name, stage }: Upload, existed: boolean): Promise<void> {
    if (!existed) return this.ended(id, 'done', $localize`Uploaded and verified.`);
    const found = stage === null ? null : await this.api.invoke(getPackage, byName(name)).catch(() => null);
    const kept = found && found.stage !== stage ? $localize` Its stage is still ${found.stage}\: promote or demote it in the list.` : '';
    this.ended(id, 'done', $localize`It was here already, with exactly this content.` + kept);
  }

  /** Bytes per second since the measurement before. */
  private measure(id: number, loaded: number): number {
    const sending = this.sending.get(id);
    if (!sending) return 0;
    const { at, sent } = sending.lastEvent;
    const now = performance.now();
    sending.lastEvent = { at: now, sent: loaded };
    return ((loaded - sent) * 1_000) / Math.max(1, now - at);
  }

  private measured({ id, size, rate }: Upload, loaded: number): Partial<Upload> {
    const measured = this.measure(id, loaded);
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
    this.sending.delete(id);
    this.next();
  }

  private forgetAddress(id: number): void {
    const address = this.find(id)?.address;
    if (address) this.memory.drop(address);
    this.change(id, { address: null });
  }

  private stop(id: number): void {
    this.sending.get(id)?.subscription.unsubscribe();
    this.sending.delete(id);
  }

  private find(id: number): Upload | undefined {
    return this.list().find((upload) => upload.id === id);
  }

  private change(id: number, change: Partial<Upload>): void {
    this.list.update((list) => list.map((upload) => (upload.id === id ? { ...upload, ...change } : upload)));
  }
}
