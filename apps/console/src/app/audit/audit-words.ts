/** What was done or happened, in words; the name of the action stands beside them for searching. */
const words: Readonly<Record<string, string>> = {
  'deletes.held': $localize`Mass change held`,
  'disk.low': $localize`Disk almost full`,
  'network.server_forgotten': $localize`Server shown no more`,
  'downloads.updated': $localize`Rule of downloads changed`,
  'package.link_created': $localize`Link for downloading made`,
  'package.uploaded': $localize`Package uploaded`,
  'package.replaced': $localize`Package replaced`,
  'package.updated': $localize`Package changed`,
  'package.deleted': $localize`Package deleted`,
  'package.restored': $localize`Package restored`,
  'package.promoted': $localize`Package promoted`,
  'package.demoted': $localize`Package demoted`,
  'package.synced': $localize`Package arrived`,
  'package.sync_failed': $localize`Package could not be fetched`,
  'package.copies_low': $localize`One copy of a package left`,
  'package.copies_none': $localize`No copy of a package left`,
  'package.signer_changed': $localize`Signer of a package changed`,
  'package.quarantined': $localize`Package quarantined`,
  'package.damaged': $localize`Package found damaged`,
  'invitation.created': $localize`Invitation created`,
  'invitation.removed': $localize`Invitation deleted`,
  'peer.entry_refused': $localize`What a server sent was refused`,
  'peer.key_change_refused': $localize`Another key of a registered server refused`,
  'peer.unblocked': $localize`Server unblocked`,
  'server.key_changed': $localize`Registered server came with another key`,
  'peer.registered': $localize`Server registered`,
  'peer.unregistered': $localize`Server unregistered`,
  'peer.updated': $localize`Registered server changed`,
  'peer.unreachable': $localize`Server does not answer`,
  'peer.reachable': $localize`Server answers again`,
  'peer.paused': $localize`Registered server paused`,
  'peer.resumed': $localize`Registered server resumed`,
  'peer.limited': $localize`Limits of a registered server changed`,
  'replication.limited': $localize`Limits changed`,
  'server.updated': $localize`Server settings changed`,
  'server.key_rotated': $localize`New registration key`,
  'sign_in.locked_out': $localize`Sign-in blocked after wrong passwords`,
  'token.created': $localize`Token made`,
  'token.revoked': $localize`Token revoked`,
  'transfer.cancelled': $localize`Transfer cancelled`,
  'transfer.retried': $localize`Transfer tried again`,
  'user.created': $localize`User added`,
  'user.updated': $localize`User changed`,
  'user.deleted': $localize`User removed`,
  'user.locked_out': $localize`Sign-in blocked after wrong passwords`,
  'user.password_changed': $localize`Password changed`,
  'user.password_reset': $localize`Password given by an administrator`,
  'user.linked': $localize`Account linked with the company`,
  'user.link_refused': $localize`Link with the company refused`,
  'user.sign_in_refused': $localize`Sign-in refused`,
  'user.sign_in_revoked': $localize`Sign-in ended`,
  'user.signed_in': $localize`Signed in`,
  'user.signed_out': $localize`Signed out`,
  'oidc.settings_updated': $localize`Sign-in with the company changed`,
  'oidc.tested': $localize`Sign-in with the company tested`,
  'jamf.connection_updated': $localize`Connection to Jamf Pro changed`,
  'jamf.connection_removed': $localize`Connection to Jamf Pro forgotten`,
  'jamf.connection_tested': $localize`Connection to Jamf Pro tested`,
  'jamf.connection_lost': $localize`Jamf Pro does not answer as it should`,
  'jamf.connection_restored': $localize`Jamf Pro answers again`,
  'jamf.settings_updated': $localize`Settings for Jamf Pro changed`,
  'jamf.rules_updated': $localize`Rules for Jamf Pro changed`,
  'jamf.record_written': $localize`Package record written in Jamf Pro`,
  'jamf.record_resolved': $localize`Package record decided`,
  'jamf.record_released': $localize`Edited fields of a package record released`,
  'jamf.distribution_point_set': $localize`Distribution point of a server set`,
  'jamf.distribution_point_overwritten': $localize`Distribution point to be written again`,
  'jamf.distribution_point_written': $localize`Distribution point written in Jamf Pro`,
  'jamf.checks_asked': $localize`Downloads as a computer asked for`,
  'jamf.check_failed': $localize`Download as a computer failed`,
  'jamf.drift_found': $localize`Package records in Jamf Pro differ`,
  'downloads.credential_created': $localize`Download credential made`,
  'downloads.credential_revoked': $localize`Download credential revoked`,
  'retention.updated': $localize`Rules for old versions changed`,
  'munki.promoted': $localize`Munki item promoted`,
  'munki.promotion_held': $localize`Promotion of Munki items held`,
  'munki.promotion_rules_updated': $localize`Rules for promotion of Munki items changed`,
  'retention.held': $localize`Removal of old versions held`,
  'backup.made': $localize`Backup made`,
  'backup.failed': $localize`Backup failed`,
  'webhook.created': $localize`Webhook made`,
  'webhook.updated': $localize`Webhook changed`,
  'webhook.deleted': $localize`Webhook deleted`,
  'webhook.secret_rotated': $localize`New secret of a webhook`,
  'webhook.secret_shown': $localize`Secret of a webhook shown`,
  'webhook.redelivered': $localize`Webhook delivery sent again`,
  'webhook.test': $localize`Test`,
};

export const wordsOf = (action: string): string => words[action] ?? action.replaceAll(/[._]/g, ' ');

/** Kinds of events, as the beginning of their names. */
export const kinds: readonly { prefix: string; label: string }[] = [
  { prefix: 'package.', label: $localize`Packages` },
  { prefix: 'peer.', label: $localize`Registered servers` },
  { prefix: 'user.', label: $localize`Users and sign-ins` },
  { prefix: 'token.', label: $localize`Tokens` },
  { prefix: 'server.', label: $localize`This server` },
  { prefix: 'transfer.', label: $localize`Transfers` },
  { prefix: 'webhook.', label: $localize`Webhooks` },
  { prefix: 'oidc.', label: $localize`Sign-in with the company` },
  { prefix: 'jamf.', label: $localize`Jamf Pro` },
];

const asText = (value: unknown): string => (value === null ? '–' : typeof value === 'string' ? value : JSON.stringify(value));

const asRecord = (value: unknown): Readonly<Record<string, unknown>> | null =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : null;

/** Details on one line each: `stage: Test → Prod` where something changed. What stayed the same is left out. */
export function linesOf(details: Readonly<Record<string, unknown>> | null): string[] {
  const { before, after, from, to, ...rest } = details ?? {};
  const old = asRecord(before ?? from);
  const now = asRecord(after ?? to);
  const changed = Object.entries(now ?? {})
    .filter(([name, value]) => asText(value) !== asText(old?.[name] ?? null))
    .map(([name, value]) => `${name}: ${asText(old?.[name] ?? null)} → ${asText(value)}`);
  return [...changed, ...Object.entries(rest).map(([name, value]) => `${name}: ${asText(value)}`)];
}
