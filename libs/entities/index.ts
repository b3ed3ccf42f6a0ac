import { ApiToken } from './api-token.entity.js';
import { AuditEvent } from './audit-event.entity.js';
import { AuthorKey } from './author-key.entity.js';
import { AuthorRights } from './author-rights.entity.js';
import { BackupState } from './backup-state.entity.js';
import { BlockedServer } from './blocked-server.entity.js';
import { CatalogClock } from './catalog-clock.entity.js';
import { ContentDigest } from './content-digest.entity.js';
import { ContentCopies } from './content-copies.entity.js';
import { Content } from './content.entity.js';
import { DomainEvent } from './domain-event.entity.js';
import { DownloadCredential } from './download-credential.entity.js';
import { DownloadSettings } from './download-settings.entity.js';
import { EventClock } from './event-clock.entity.js';
import { EventPosition } from './event-position.entity.js';
import { GuardedChange } from './guarded-change.entity.js';
import { IdempotencyKey } from './idempotency-key.entity.js';
import { Invitation } from './invitation.entity.js';
import { JamfCheck } from './jamf-check.entity.js';
import { JamfConnection } from './jamf-connection.entity.js';
import { JamfForeignPoint, JamfNetwork, JamfPoint } from './jamf-point.entity.js';
import { JamfRecord } from './jamf-record.entity.js';
import { JamfRule } from './jamf-rule.entity.js';
import { RetentionRule } from './retention-rule.entity.js';
import { RetentionSettings } from './retention-settings.entity.js';
import { Job } from './job.entity.js';
import { KnownAddress } from './known-address.entity.js';
import { LoginAttempt } from './login-attempt.entity.js';
import { MailSettings } from './mail-settings.entity.js';
import { MunkiPromotionRule } from './munki-promotion-rule.entity.js';
import { MunkiPromotionState } from './munki-promotion-state.entity.js';
import { OidcSettings } from './oidc-settings.entity.js';
import { OwnClockRow } from './own-clock.entity.js';
import { PackageMetadata } from './package-metadata.entity.js';
import { Package } from './package.entity.js';
import { PeerRepair } from './peer-repair.entity.js';
import { PackageVersion } from './package-version.entity.js';
import { PeerClock } from './peer-clock.entity.js';
import { PeerRun } from './peer-run.entity.js';
import { Peer } from './peer.entity.js';
import { RateBucket } from './rate-bucket.entity.js';
import { RefusedWrite } from './refused-write.entity.js';
import { ReplicationSettings } from './replication-settings.entity.js';
import { ResumableUpload } from './resumable-upload.entity.js';
import { SeenToken } from './seen-token.entity.js';
import { ServerRun } from './server-run.entity.js';
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
  AuthorKey,
  AuthorRights,
  BackupState,
  BlockedServer,
  CatalogClock,
  Content,
  ContentCopies,
  ContentDigest,
  DomainEvent,
  DownloadCredential,
  DownloadSettings,
  EventClock,
  EventPosition,
  GuardedChange,
  IdempotencyKey,
  Invitation,
  JamfCheck,
  JamfConnection,
  JamfForeignPoint,
  JamfNetwork,
  JamfPoint,
  JamfRecord,
  JamfRule,
  RetentionRule,
  RetentionSettings,
  Job,
  KnownAddress,
  LoginAttempt,
  MailSettings,
  MunkiPromotionRule,
  MunkiPromotionState,
  OidcSettings,
  OwnClockRow,
  Package,
  PackageMetadata,
  PackageVersion,
  Peer,
  PeerClock,
  PeerRepair,
  PeerRun,
  RateBucket,
  RefusedWrite,
  ReplicationSettings,
  ResumableUpload,
  SeenToken,
  Server,
  ServerRun,
  ServerState,
  Session,
  Transfer,
  User,
  Webhook,
  WebhookDelivery,
];
