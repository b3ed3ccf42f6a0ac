import { inject, Injectable, signal } from '@angular/core';
import {
  Api,
  type CreatedWebhookDto,
  createWebhook,
  type CreateWebhookDto,
  deleteWebhook,
  type DeliveryDto,
  type EventTypeDto,
  getWebhook,
  getWebhookSecret,
  listEventTypes,
  type ListedWebhookDto,
  listWebhookDeliveries,
  listWebhooks,
  redeliverWebhook,
  type PreviewWebhookDto,
  previewWebhook,
  rotateWebhookSecret,
  testWebhook,
  updateWebhook,
  type UpdateWebhookDto,
  type WebhookDto,
  type WebhookPreviewDto,
} from '#libs/api-client';
import { type Loadable, loading } from '../shared/loadable';
import { sentenceOf } from '../shared/problem';

/** One webhook with its recent deliveries. */
export interface WatchedWebhook {
  readonly webhook: WebhookDto;
  readonly deliveries: readonly DeliveryDto[];
}

const OUTCOME_TRIES = 20;
const OUTCOME_EVERY_MS = 500;

/** The receivers of events. Components read; only this class calls the API. */
@Injectable({ providedIn: 'root' })
export class WebhookStore {
  private readonly api = inject(Api);
  private readonly known = signal<Loadable<readonly ListedWebhookDto[]>>(loading);
  private readonly watched = signal<Loadable<WatchedWebhook>>(loading);
  private readonly types = signal<readonly EventTypeDto[]>([]);

  readonly webhooks = this.known.asReadonly();
  readonly open = this.watched.asReadonly();
  readonly eventTypes = this.types.asReadonly();

  async load(): Promise<void> {
    try {
      this.known.set({ status: 'ready', value: (await this.api.invoke(listWebhooks, {})).items });
    } catch (error) {
      if (this.known().status !== 'ready') this.known.set({ status: 'failed', message: sentenceOf(error) });
    }
  }

  /** Until it is here the page shows nothing of another webhook. */
  async watch(id: number): Promise<void> {
    this.watched.set(loading);
    await this.refresh(id);
  }

  async refresh(id: number): Promise<void> {
    try {
      const [webhook, { items }] = await Promise.all([this.api.invoke(getWebhook, { id }), this.api.invoke(listWebhookDeliveries, { id })]);
      this.watched.set({ status: 'ready', value: { webhook, deliveries: items } });
    } catch (error) {
      if (this.watched().status !== 'ready') this.watched.set({ status: 'failed', message: sentenceOf(error) });
    }
  }

  /** They change with the server's version only. */
  async loadEventTypes(): Promise<void> {
    if (this.types().length === 0) this.types.set((await this.api.invoke(listEventTypes, {})).items);
  }

  preview(body: PreviewWebhookDto): Promise<WebhookPreviewDto> {
    return this.api.invoke(previewWebhook, { body });
  }

  create(body: CreateWebhookDto): Promise<CreatedWebhookDto> {
    return this.api.invoke(createWebhook, { body });
  }

  change(id: number, body: UpdateWebhookDto): Promise<WebhookDto> {
    return this.api.invoke(updateWebhook, { id, body });
  }

  remove(id: number): Promise<void> {
    return this.api.invoke(deleteWebhook, { id });
  }

  async secretOf(id: number): Promise<string> {
    return (await this.api.invoke(getWebhookSecret, { id })).secret;
  }

  rotate(id: number): Promise<CreatedWebhookDto> {
    return this.api.invoke(rotateWebhookSecret, { id });
  }

  /** Sends a test, and waits a while for what becomes of it. */
  async test(id: number): Promise<DeliveryDto> {
    return this.outcome(id, await this.api.invoke(testWebhook, { id }));
  }

  async redeliver(id: number, deliveryId: string): Promise<DeliveryDto> {
    return this.outcome(id, await this.api.invoke(redeliverWebhook, { id, delivery_id: deliveryId }));
  }

  private async outcome(id: number, sent: DeliveryDto): Promise<DeliveryDto> {
    let now = sent;
    for (let tries = 0; tries < OUTCOME_TRIES && now.state === 'pending' && now.attempts === 0; tries++) {
      await new Promise((resolve) => setTimeout(resolve, OUTCOME_EVERY_MS));
      const { items } = await this.api.invoke(listWebhookDeliveries, { id });
      now = items.find((each) => each.id === sent.id) ?? now;
    }
    return now;
  }
}
