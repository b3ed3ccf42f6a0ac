import { Injectable } from '@nestjs/common';
import type { Webhook } from '#libs/entities/webhook.entity.js';
import { SecretBox } from '#libs/platform/crypto/secret-box.js';
import { newSigningPair, newWebhookSecret, type SigningKeys } from './signature.js';

type Sealed = Pick<Webhook, 'secret' | 'previousSecret' | 'previousUntilMs' | 'privateKey' | 'publicKey'>;

export const WEBHOOK_PURPOSE = { secret: 'webhook secret', privateKey: 'webhook private key' } as const;

/** How long the former secret signs as well, so that receivers have time to change; milliseconds. */
const OVERLAP_MS = 24 * 3_600_000;

/** Makes, seals and opens what webhooks sign with. */
@Injectable()
export class WebhookKeys {
  constructor(private readonly box: SecretBox) {}

  create(): Sealed {
    const { privateKey, publicKey } = newSigningPair();
    const secret = this.box.seal(newWebhookSecret(), WEBHOOK_PURPOSE.secret);
    return {
      ...{ secret, previousSecret: null, previousUntilMs: null },
      ...{ privateKey: this.box.seal(privateKey, WEBHOOK_PURPOSE.privateKey), publicKey },
    };
  }

  rotate({ secret }: Webhook, now: number): Pick<Webhook, 'secret' | 'previousSecret' | 'previousUntilMs'> {
    return { secret: this.box.seal(newWebhookSecret(), WEBHOOK_PURPOSE.secret), previousSecret: secret, previousUntilMs: now + OVERLAP_MS };
  }

  secretOf({ secret }: Webhook): string {
    return this.box.open(secret, WEBHOOK_PURPOSE.secret);
  }

  open(webhook: Webhook, now: number): SigningKeys {
    const { previousSecret, previousUntilMs } = webhook;
    const isOverlap = previousSecret !== null && previousUntilMs !== null && now < previousUntilMs;
    return {
      secret: this.secretOf(webhook),
      previousSecret: isOverlap ? this.box.open(previousSecret, WEBHOOK_PURPOSE.secret) : null,
      privateKey: this.box.open(webhook.privateKey, WEBHOOK_PURPOSE.privateKey),
    };
  }
}
