import { ApiToken } from './api-token.entity.js';
import { AuditEvent } from './audit-event.entity.js';
import { CatalogClock } from './catalog-clock.entity.js';
import { Content } from './content.entity.js';
import { DomainEvent } from './domain-event.entity.js';
import { EventClock } from './event-clock.entity.js';
import { EventPosition } from './event-position.entity.js';
import { IdempotencyKey } from './idempotency-key.entity.js';
import { Job } from './job.entity.js';
import { LoginAttempt } from './login-attempt.entity.js';
import { MailSettings } from './mail-settings.entity.js';
import { Package } from './package.entity.js';
import { Peer } from './peer.entity.js';
import { RateBucket } from './rate-bucket.entity.js';
import { Removal } from './removal.entity.js';
import { ReplicationSettings } from './replication-settings.entity.js';
import { ResumableUpload } from './resumable-upload.entity.js';
import { SeenToken } from './seen-token.entity.js';
import { Server } from './server.entity.js';
import { ServerState } from './server-state.entity.js';
import { Session } from './session.entity.js';
import { Transfer } from './transfer.entity.js';
import { User } from './user.entity.js';
import { Webhook } from './webhook.entity.js';
import { WebhookDelivery } from './webhook-delivery.entity.js';

/** Every entity, the one list of them. */
export const entities = [
  ApiToken,
  AuditEvent,
  CatalogClock,
  Content,
  DomainEvent,
  EventClock,
  EventPosition,
  IdempotencyKey,
  Job,
  LoginAttempt,
  MailSettings,
  Package,
  Peer,
  RateBucket,
  Removal,
  ReplicationSettings,
  ResumableUpload,
  SeenToken,
  Server,
  ServerState,
  Session,
  Transfer,
  User,
  Webhook,
  WebhookDelivery,
];
