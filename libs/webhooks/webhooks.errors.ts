import { DomainError } from '#libs/platform/errors/domain-error.js';

export class WebhookNotFound extends DomainError {
  readonly code = 'webhook-not-found';
  readonly status = 404;
  constructor(id: number) {
    super(`There is no webhook ${id}.`);
  }
}

export class DeliveryNotFound extends DomainError {
  readonly code = 'delivery-not-found';
  readonly status = 404;
  constructor() {
    super('There is no such delivery of this webhook. Deliveries are kept for WEBHOOK_LOG_DAYS.');
  }
}

export class TooManyWebhooks extends DomainError {
  readonly code = 'too-many-webhooks';
  readonly status = 409;
  constructor(most: number) {
    super(`There are ${most} webhooks already. Delete one first.`);
  }
}
