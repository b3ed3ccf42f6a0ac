import { ChangeDetectionStrategy, Component, computed, effect, inject, signal } from '@angular/core';
import { FormsModule } from '@angular/forms';
import { MatButtonModule } from '@angular/material/button';
import { MAT_DIALOG_DATA, MatDialogModule, MatDialogRef } from '@angular/material/dialog';
import { MatFormFieldModule } from '@angular/material/form-field';
import { MatInputModule } from '@angular/material/input';
import { MatRadioModule } from '@angular/material/radio';
import {
  type CreatedWebhookDto,
  createWebhook,
  type CreateWebhookDto,
  type PreviewWebhookDto,
  updateWebhook,
  type WebhookDto,
  type WebhookPreviewDto,
} from '#libs/api-client';
import { CopyButton } from '../shared/copy-button';
import { curlOf } from '../shared/curl';
import { faultOf, sentenceOf } from '../shared/problem';
import { readable } from './delivery-words';
import { EventChooser } from './event-chooser';
import { WebhookStore } from './webhook-store';

export interface Wanted {
  /** Null: a new one. */
  readonly webhook: WebhookDto | null;
  readonly format: WebhookDto['format'];
}

/** A new one has its secret. */
export type Saved = WebhookDto | CreatedWebhookDto;

/** Makes or changes a webhook; closes with it. */
@Component({
  changeDetection: ChangeDetectionStrategy.OnPush,
  imports: [CopyButton, EventChooser, FormsModule, MatButtonModule, MatDialogModule, MatFormFieldModule, MatInputModule, MatRadioModule],
  templateUrl: './webhook-dialog.html',
  styles: `
    pre {
      max-height: 240px;
      overflow: auto;
      white-space: pre-wrap;
    }
  `,
})
export class WebhookDialog {
  private readonly store = inject(WebhookStore);
  private readonly dialog = inject<MatDialogRef<WebhookDialog, Saved>>(MatDialogRef);
  private readonly wanted = inject<Wanted>(MAT_DIALOG_DATA);

  protected readonly webhook = this.wanted.webhook;
  protected readonly types = this.store.eventTypes;
  protected readonly format = signal(this.wanted.format);
  protected readonly name = signal(this.webhook?.name ?? '');
  protected readonly url = signal(this.webhook?.url ?? '');
  protected readonly events = signal<readonly string[] | null>(this.webhook?.events ?? null);
  protected readonly isBusy = signal(false);
  protected readonly fault = signal('');
  protected readonly body = computed((): CreateWebhookDto => ({
    name: this.name().trim(),
    url: this.url().trim(),
    format: this.format(),
    events: this.events() as CreateWebhookDto['events'],
  }));
  protected readonly curl = computed(() =>
    this.webhook ? curlOf(updateWebhook, { id: this.webhook.id, body: this.body() }) : curlOf(createWebhook, { body: this.body() }),
  );

  /** For the first chosen event; null until the server has answered. */
  protected readonly preview = signal<WebhookPreviewDto | null>(null);
  protected readonly readable = readable;

  constructor() {
    effect(() => void this.showPreview(this.format(), this.events()?.[0]));
    this.store.loadEventTypes().catch((error: unknown) => this.fault.set(sentenceOf(error)));
  }

  private async showPreview(format: WebhookDto['format'], type: string | undefined): Promise<void> {
    try {
      const shown = await this.store.preview({ format, ...(type && { event_type: type as NonNullable<PreviewWebhookDto['event_type']> }) });
      if (format === this.format()) this.preview.set(shown);
    } catch {
      this.preview.set(null); // the form is of use without it
    }
  }

  protected async save(): Promise<void> {
    if (this.isBusy()) return;
    if (this.events()?.length === 0) return this.fault.set($localize`Choose at least one event.`);
    this.isBusy.set(true);
    this.fault.set('');
    try {
      this.dialog.close(this.webhook ? await this.store.change(this.webhook.id, this.body()) : await this.store.create(this.body()));
    } catch (error) {
      this.fault.set(faultOf(error, 'name') ?? faultOf(error, 'url') ?? sentenceOf(error));
    } finally {
      this.isBusy.set(false);
    }
  }
}
