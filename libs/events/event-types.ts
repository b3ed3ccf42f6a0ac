import type { Role } from '#libs/entities/user.entity.js';

interface EventKind {
  /** One sentence, for people who choose which events to receive. */
  readonly description: string;
  /** The least role that may read it. */
  readonly role: Role;
  readonly example: Readonly<Record<string, unknown>>;
}

const pkg = { filename: 'NoMAD.pkg', uuid: '28f7adde4f674873807a4c8c69b641d0', size: 3_438_044, sha256: 'e3b0c442…', stage: 'Prod' };
/** Title and version are null while the server has not inspected the package. */
const titled = { ...pkg, title_key: 'com.trusourcelabs.NoMAD', title: 'NoMAD', version: '1.1.3' };
const peer = { iss: 'e7becdda9a9046f6a78f69ef591e9835', name: 'Example ODS 2', url: 'http://192.168.99.101' };

/** Everything that can happen, by its name: feature, then past tense. */
export const eventTypes = {
  'package.uploaded': { role: 'viewer', description: 'A new package was uploaded at this server.', example: pkg },
  'package.replaced': { role: 'viewer', description: 'A package got another content, at this server.', example: pkg },
  'package.promoted': {
    role: 'viewer',
    description: 'A package was moved to a later stage, at this server.',
    example: { ...titled, from: 'Test' },
  },
  'package.demoted': {
    role: 'viewer',
    description: 'A package was moved to an earlier stage, at this server.',
    example: { ...titled, from: 'Prod' },
  },
  'package.deleted': { role: 'viewer', description: 'A package was deleted, at this server.', example: titled },
  'package.restored': { role: 'viewer', description: 'An earlier version of a package was brought back, at this server.', example: titled },
  'package.synced': { role: 'viewer', description: 'A package arrived here from another server, whole and verified.', example: pkg },
  'package.sync_failed': {
    role: 'viewer',
    description: 'A package could not be fetched and needs attention. It is retried automatically.',
    example: { ...pkg, code: 'content-mismatch', reason: 'Berlin sent blocks with wrong content and was given up.' },
  },
  'package.conflict': {
    role: 'viewer',
    description: 'Two servers wrote contents of the same name without knowing of each other. One is in force; the other can be restored.',
    example: {
      filename: 'NoMAD.pkg',
      uuid: '28f7adde4f674873807a4c8c69b641d0',
      lost_author_iss: 'e7becdda9a9046f6a78f69ef591e9835',
      kept_author_iss: '0f7adde4f674873807a4c8c69b641d02',
    },
  },
  'package.quarantined': {
    role: 'viewer',
    description: 'A package was found damaged on this disk; it is not served until it has been fetched again.',
    example: titled,
  },
  'package.copies_low': {
    role: 'viewer',
    description: 'Only one verified copy of a package is known in the mesh; there were more.',
    example: { ...titled, copies: 1 },
  },
  'package.copies_none': {
    role: 'viewer',
    description: 'No verified copy of a package is known in the mesh: its servers are silent, or lost it.',
    example: { ...titled, copies: 0 },
  },
  'package.signer_changed': {
    role: 'viewer',
    description: 'A package on this server has another signer than an earlier package of the same title, or none.',
    example: {
      ...titled,
      compared_with: 'NoMAD-1.2.2.pkg',
      ...{ signer: null, team_id: null, earlier_signer: 'Developer ID Installer: Example (ABCDE12345)', earlier_team_id: 'ABCDE12345' },
      reason: 'The signer changed. NoMAD-1.2.2.pkg (in Prod) is signed by …; NoMAD.pkg is not signed.',
    },
  },
  'munki.promoted': {
    role: 'viewer',
    description: 'An item of the Munki repository came into another catalog, at this server.',
    example: { path: 'pkgsinfo/NoMAD-1.1.3.plist', name: 'NoMAD', version: '1.1.3', from: 'testing', to: 'production', automatic: true },
  },
  'munki.promotion_held': {
    role: 'viewer',
    description: 'Items of the Munki repository are due to be promoted, and are too many at once to be promoted without a person.',
    example: { items: 40 },
  },
  'peer.registered': { role: 'viewer', description: 'A server was registered.', example: peer },
  'peer.unregistered': { role: 'viewer', description: 'A server was unregistered.', example: peer },
  'peer.unreachable': {
    role: 'viewer',
    description: 'A registered server does not answer.',
    example: { ...peer, reason: 'connect ECONNREFUSED' },
  },
  'peer.reachable': { role: 'viewer', description: 'A registered server answers again.', example: peer },
  'peer.entry_refused': {
    role: 'viewer',
    description:
      'Something that a registered server sent was refused: a false entry, a forged summary or wrong bytes. Nothing of it counts.',
    example: { ...peer, refused: 1, reason: 'The entry of NoMAD.pkg names the content 28f7…41d0 with another size than is known of it.' },
  },
  'server.key_changed': {
    role: 'viewer',
    description:
      'A server appeared with another key. Unless it is accepted, what is signed with it is refused until an administrator decides.',
    example: {
      iss: 'e7becdda9a9046f6a78f69ef591e9835',
      name: 'Example ODS 2',
      key_id: 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
      introduced_by: '28f7adde4f674873807a4c8c69b641d0',
      accepted: false,
    },
  },
  'deletes.held': {
    role: 'viewer',
    description:
      'Other servers sent changes that would delete, withdraw, replace or demote a large part of the packages; they are held until an administrator decides.',
    example: { peer: 'Example ODS 2', packages: 120, total_held: 120 },
  },
  'clock.wrong': {
    role: 'viewer',
    description:
      "This server's clock is more than 10 minutes ahead of the clocks of its peers, and no changes are accepted here; or as far behind.",
    example: {
      state: 'ahead',
      offset_ms: -3_600_000,
      own_time: '2026-03-01T13:00:00.000Z',
      other_servers_time: '2026-03-01T12:00:00.000Z',
    },
  },
  'clock.right': {
    role: 'viewer',
    description: "This server's clock agrees with the clocks of its peers again.",
    example: { state: 'right', offset_ms: 12, own_time: '2026-03-01T12:05:00.000Z', other_servers_time: '2026-03-01T12:05:00.012Z' },
  },
  'catalog.epoch_renewed': {
    role: 'viewer',
    description:
      'This server stopped without warning, or an earlier state of its database came back: other servers read its changes from the beginning.',
    example: { reason: 'This server was not stopped cleanly.' },
  },
  'catalog.repaired': {
    role: 'viewer',
    description: 'The catalogs of this server and a peer differed although neither had unsent changes; they were compared and repaired.',
    example: { ...peer, received: 3, sent: 0 },
  },
  'peer.identity_conflict': {
    role: 'viewer',
    description:
      'Two running servers use the identity of a registered server, as after copying its data directory. The one that is not at its URL is not spoken with until an administrator decides.',
    example: { ...peer, copy: '192.0.2.44' },
  },
  'disk.low': {
    role: 'viewer',
    description: 'There is no room for a package that is wanted here; fetching resumes when there is.',
    example: { free_bytes: 1_048_576, needed_bytes: 734_003_200, filename: 'NoMAD.pkg' },
  },
  'backup.failed': {
    role: 'viewer',
    description: 'A scheduled backup could not be made. It is tried again, and said once until one succeeds.',
    example: { reason: 'There is no room in /backups (ENOSPC). Free some, or lower BACKUP_KEEP.' },
  },
  'backup.resumed': {
    role: 'viewer',
    description: 'A scheduled backup was made after one had failed.',
    example: { backup: 'ods-20260301T120000Z' },
  },
  'retention.held': {
    role: 'viewer',
    description: 'The daily removal of old versions left packages alone that were too many to be removed without a person.',
    example: { packages: 40 },
  },
  'jamf.drift_found': {
    role: 'viewer',
    description: 'Package records in Jamf Pro were changed, deleted or doubled there, or are left over. Nothing is overwritten.',
    example: { records: 1, examples: [{ filename: 'NoMAD.pkg', state: 'edited_hash' }] },
  },
  'jamf.record_written': {
    role: 'viewer',
    description: 'A package record was made or changed in Jamf Pro.',
    example: { filename: 'NoMAD.pkg', jamf_id: '412', kind: 'update', fields: ['hashType', 'hashValue'] },
  },
  'jamf.distribution_point_written': {
    role: 'viewer',
    description: 'The distribution point of a server was made or changed in Jamf Pro.',
    example: { name: 'ODS Berlin', server: 'Berlin', jamf_id: '3', kind: 'create', address: 'https://berlin.example.com/share' },
  },
  'jamf.check_failed': {
    role: 'viewer',
    description:
      'A computer that downloads by a distribution point would not get what it should. Said once for each package, together for each server.',
    example: { server: 'Berlin', filename: 'NoMAD.pkg', state: 'not_found', reason: 'It does not have the package (404).', packages: 1 },
  },
  'jamf.leader_changed': {
    role: 'viewer',
    description: 'Of several servers that are connected with Jamf Pro another one keeps it in step, or none does (server is null).',
    example: { url: 'https://jamf.example.com', server: 'Berlin', is_this_server: false },
  },
  'jamf.connection_lost': {
    role: 'viewer',
    description: 'Packages could not be compared with Jamf Pro. It is tried again automatically.',
    example: { url: 'https://jamf.example.com', reason: 'Jamf Pro answered 503.' },
  },
  'jamf.connection_restored': {
    role: 'viewer',
    description: 'Packages are compared with Jamf Pro again.',
    example: { url: 'https://jamf.example.com', version: '11.30.0' },
  },
  'sign_in.locked_out': {
    role: 'admin',
    description: 'Too many wrong passwords: an account or an address has to wait.',
    example: { username: 'admin', address: '192.0.2.7' },
  },
} as const satisfies Readonly<Record<string, EventKind>>;

export type EventType = keyof typeof eventTypes;
export const eventTypeNames = Object.keys(eventTypes) as EventType[];

export const isEventType = (name: string): name is EventType => Object.hasOwn(eventTypes, name);
