import { Foundation1790000000000 } from './1790000000000-foundation.js';
import { ApiTokens1790000001000 } from './1790000001000-api-tokens.js';
import { ResumableUploads1790000001100 } from './1790000001100-resumable-uploads.js';
import { IdempotencyKeys1790000001200 } from './1790000001200-idempotency-keys.js';
import { Events1790000002000 } from './1790000002000-events.js';
import { Webhooks1790000002100 } from './1790000002100-webhooks.js';
import { ServerStates1790000004000 } from './1790000004000-server-states.js';
import { Removals1790000006000 } from './1790000006000-removals.js';
import { Limits1790000006100 } from './1790000006100-limits.js';
import { Scrub1790000006200 } from './1790000006200-scrub.js';
import { Mail1790000007000 } from './1790000007000-mail.js';
import { Registers1790000010000 } from './1790000010000-registers.js';
import { Authors1790000010100 } from './1790000010100-authors.js';
import { VersionsAndRights1790000010200 } from './1790000010200-versions-and-rights.js';
import { ReleasePromises1790000011000 } from './1790000011000-release-promises.js';
import { ContentCopies1790000011100 } from './1790000011100-content-copies.js';
import { Clocks1790000012000 } from './1790000012000-clocks.js';
import { Incarnations1790000012100 } from './1790000012100-incarnations.js';
import { Repairs1790000012200 } from './1790000012200-repairs.js';
import { PeerRuns1790000012300 } from './1790000012300-peer-runs.js';
import { ContentRoots1790000013000 } from './1790000013000-content-roots.js';
import { ContentChecks1790000013100 } from './1790000013100-content-checks.js';
import { ReceivedBytes1790000014000 } from './1790000014000-received-bytes.js';
import { AccountsOfTokens1790000015000 } from './1790000015000-accounts-of-tokens.js';
import { ServedContent1790000016000 } from './1790000016000-served-content.js';
import { LastModified1790000017000 } from './1790000017000-last-modified.js';
import { WebhookFormats1790000017100 } from './1790000017100-webhook-formats.js';
import { DownloadSettings1790000018000 } from './1790000018000-download-settings.js';
import { PackageMetadata1790000019000 } from './1790000019000-package-metadata.js';
import { PeerAdmission1790000016100 } from './1790000016100-peer-admission.js';
import { JamfConnection1790000020000 } from './1790000020000-jamf-connection.js';
import { JamfRecords1790000022000 } from './1790000022000-jamf-records.js';
import { OpenidConnect1790000023000 } from './1790000023000-openid-connect.js';
import { Retention1790000025000 } from './1790000025000-retention.js';
import { DownloadCredentials1790000026000 } from './1790000026000-download-credentials.js';
import { JamfPoints1790000027000 } from './1790000027000-jamf-points.js';
import { JamfChecks1790000028000 } from './1790000028000-jamf-checks.js';
import { BackupState1790000029000 } from './1790000029000-backup-state.js';
import { InvitationPresets1790000030000 } from './1790000030000-invitation-presets.js';
import { MunkiPromotion1790000032000 } from './1790000032000-munki-promotion.js';
import { PackageSpaces1790000031000 } from './1790000031000-package-spaces.js';
import { JamfLeader1790000033000 } from './1790000033000-jamf-leader.js';
import { PausedThere1790000034000 } from './1790000034000-paused-there.js';
import { Signers1790000021000 } from './1790000021000-signers.js';

/** Every migration, in order. Forward only; never edited once released. */
export const migrations = [
  Foundation1790000000000,
  ApiTokens1790000001000,
  ResumableUploads1790000001100,
  IdempotencyKeys1790000001200,
  Events1790000002000,
  Webhooks1790000002100,
  ServerStates1790000004000,
  Removals1790000006000,
  Limits1790000006100,
  Scrub1790000006200,
  Mail1790000007000,
  Registers1790000010000,
  Authors1790000010100,
  VersionsAndRights1790000010200,
  ReleasePromises1790000011000,
  ContentCopies1790000011100,
  Clocks1790000012000,
  Incarnations1790000012100,
  Repairs1790000012200,
  PeerRuns1790000012300,
  ContentRoots1790000013000,
  ContentChecks1790000013100,
  ReceivedBytes1790000014000,
  AccountsOfTokens1790000015000,
  ServedContent1790000016000,
  LastModified1790000017000,
  WebhookFormats1790000017100,
  PeerAdmission1790000016100,
  DownloadSettings1790000018000,
  PackageMetadata1790000019000,
  JamfConnection1790000020000,
  Signers1790000021000,
  JamfRecords1790000022000,
  OpenidConnect1790000023000,
  Retention1790000025000,
  DownloadCredentials1790000026000,
  JamfPoints1790000027000,
  JamfChecks1790000028000,
  BackupState1790000029000,
  InvitationPresets1790000030000,
  PackageSpaces1790000031000,
  MunkiPromotion1790000032000,
  JamfLeader1790000033000,
  PausedThere1790000034000,
];
