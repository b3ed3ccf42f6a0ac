import type { EventType } from '#libs/events/event-types.js';

export interface ToldEvent {
  readonly type: string;
  readonly createdMs: number;
  readonly data: Readonly<Record<string, unknown>>;
}

type Data = ToldEvent['data'];

const LONGEST = 300;

/** What came from elsewhere, on one line and of a length to be read. */
export function oneLine(value: unknown): string {
  const plain = typeof value === 'string' ? value : value === undefined || value === null ? '' : JSON.stringify(value);
  return plain.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ').slice(0, LONGEST);
}

const because = ({ reason }: Data): string => (oneLine(reason) === '' ? '' : `: ${oneLine(reason).replace(/\.$/, '')}`);
const file = ({ filename }: Data): string => oneLine(filename);
const fromTo = ({ from, stage }: Data): string => ` from ${oneLine(from)} to ${oneLine(stage)}`;

/** One event in a sentence without its full stop. */
const sentences: Readonly<Record<EventType, (data: Data) => string>> = {
  'package.uploaded': (data) => `${file(data)} was uploaded (stage ${oneLine(data['stage'])})`,
  'package.replaced': (data) => `${file(data)} got another content`,
  'package.promoted': (data) => `${file(data)} was promoted${fromTo(data)}`,
  'package.demoted': (data) => `${file(data)} was demoted${fromTo(data)}`,
  'package.deleted': (data) => `${file(data)} was deleted`,
  'package.restored': (data) => `An earlier version of ${file(data)} was brought back`,
  'package.synced': (data) => `${file(data)} arrived, whole and verified`,
  'package.sync_failed': (data) => `${file(data)} could not be fetched${because(data)}`,
  'package.conflict': (data) =>
    `Two servers wrote contents of ${file(data)} without knowing of each other; the one that is not in force can be restored`,
  'package.quarantined': (data) => `${file(data)} was found damaged on the disk and is fetched again`,
  'package.copies_low': (data) => `Only one copy of ${file(data)} is left in the mesh`,
  'package.copies_none': (data) => `No copy of ${file(data)} is known in the mesh`,
  'package.signer_changed': (data) => `${file(data)} has another signer than before, or none${because(data)}`,
  'peer.registered': ({ name }) => `The server ${oneLine(name)} was registered`,
  'peer.unregistered': ({ name }) => `The server ${oneLine(name)} was unregistered`,
  'peer.unreachable': (data) => `The server ${oneLine(data['name'])} does not answer${because(data)}`,
  'peer.reachable': ({ name }) => `The server ${oneLine(name)} answers again`,
  'peer.entry_refused': (data) => `Something that the server ${oneLine(data['name'])} sent was refused${because(data)}`,
  'server.key_changed': ({ iss, name, accepted }) =>
    `The server ${oneLine(name ?? iss)} ${accepted === true ? 'has a new key, which counts from now on' : 'appeared with another key than the one that is known'}`,
  'deletes.held': ({ peer, packages }) =>
    `Changes from ${oneLine(peer)} would delete, replace or withdraw ${oneLine(packages)} packages; they are held until an administrator decides`,
  'clock.wrong': ({ state, own_time, other_servers_time }) =>
    `The clock of this server is ${oneLine(state)}: it says ${oneLine(own_time)}, the other servers say ${oneLine(other_servers_time)}`,
  'clock.right': () => 'The clock of this server is right again',
  'catalog.epoch_renewed': (data) => `Other servers read the changes of this server from the beginning${because(data)}`,
  'catalog.repaired': ({ name, received, sent }) =>
    `The catalogs differed and were repaired: ${oneLine(received)} entries from ${oneLine(name)}, ${oneLine(sent)} to it`,
  'peer.identity_conflict': ({ name, url, copy }) =>
    `Two running servers use the identity of ${oneLine(name)}: ${oneLine(url)}, and one that calls from ${oneLine(copy)}`,
  'disk.low': (data) => `There is no room for ${file(data)}; fetching resumes when there is`,
  'backup.failed': (data) => `A scheduled backup could not be made${because(data)}`,
  'backup.resumed': ({ backup }) => `Scheduled backups are made again, the latest is ${oneLine(backup)}`,
  'munki.promoted': ({ name, version, from, to }) =>
    `${oneLine(name)} ${oneLine(version)} was promoted from ${oneLine(from)} to ${oneLine(to)}`,
  'munki.promotion_held': ({ items }) =>
    `Items of the Munki repository are due to be promoted: ${oneLine(items)}. With what was changed within the last hour that would be a large part of it, so they were left`,
  'retention.held': ({ packages }) =>
    `By the rules for old versions ${oneLine(packages)} packages would be removed at once; they stay until an administrator removes them`,
  'jamf.drift_found': ({ records }) =>
    `Package records in Jamf Pro were changed, deleted or doubled there, or are left over: ${oneLine(records)}; nothing is written over them`,
  'jamf.record_written': (data) => `The package record of ${file(data)} was written in Jamf Pro (number ${oneLine(data['jamf_id'])})`,
  'jamf.distribution_point_written': ({ name, server }) =>
    `The distribution point "${oneLine(name)}" of the server "${oneLine(server)}" was written in Jamf Pro`,
  'jamf.check_failed': (data) => `Computers would not get ${file(data)} from the server "${oneLine(data['server'])}"${because(data)}`,
  'jamf.leader_changed': ({ server }) =>
    server === null ? 'No server keeps Jamf Pro in step any more' : `The server "${oneLine(server)}" keeps Jamf Pro in step from now on`,
  'jamf.connection_lost': (data) => `Packages could not be compared with Jamf Pro${because(data)}`,
  'jamf.connection_restored': () => 'Packages are compared with Jamf Pro again',
  'sign_in.locked_out': ({ username, address }) => `Too many wrong passwords for ${oneLine(username)} from ${oneLine(address)}`,
};

/** Several of a kind, after their number. */
const counted: Readonly<Record<EventType, readonly [one: string, many: string]>> = {
  'package.uploaded': ['package uploaded', 'packages uploaded'],
  'package.replaced': ['package replaced', 'packages replaced'],
  'package.promoted': ['package promoted', 'packages promoted'],
  'package.demoted': ['package demoted', 'packages demoted'],
  'package.deleted': ['package deleted', 'packages deleted'],
  'package.restored': ['package restored', 'packages restored'],
  'package.synced': ['package arrived', 'packages arrived'],
  'package.sync_failed': ['package could not be fetched', 'packages could not be fetched'],
  'package.conflict': ['conflict', 'conflicts'],
  'package.quarantined': ['package found damaged', 'packages found damaged'],
  'package.copies_low': ['package with one copy left', 'packages with one copy left'],
  'package.copies_none': ['package without a copy', 'packages without a copy'],
  'package.signer_changed': ['package with another signer', 'packages with another signer'],
  'peer.registered': ['server registered', 'servers registered'],
  'peer.unregistered': ['server unregistered', 'servers unregistered'],
  'peer.unreachable': ['server does not answer', 'servers do not answer'],
  'peer.reachable': ['server answers again', 'servers answer again'],
  'peer.entry_refused': ['refusal of what a server sent', 'refusals of what servers sent'],
  'server.key_changed': ['changed key', 'changed keys'],
  'deletes.held': ['mass change held', 'mass changes held'],
  'clock.wrong': ['wrong clock', 'wrong clocks'],
  'clock.right': ['clock right again', 'clocks right again'],
  'catalog.epoch_renewed': ['reading from the beginning', 'readings from the beginning'],
  'catalog.repaired': ['repair of the catalog', 'repairs of the catalog'],
  'peer.identity_conflict': ['identity used twice', 'identities used twice'],
  'disk.low': ['package without room', 'packages without room'],
  'backup.failed': ['failed backup', 'failed backups'],
  'backup.resumed': ['backup made again', 'backups made again'],
  'munki.promoted': ['Munki item promoted', 'Munki items promoted'],
  'munki.promotion_held': ['promotion of Munki items held', 'promotions of Munki items held'],
  'retention.held': ['removal of old versions held', 'removals of old versions held'],
  'jamf.drift_found': ['difference found in Jamf Pro', 'differences found in Jamf Pro'],
  'jamf.record_written': ['package record written', 'package records written'],
  'jamf.distribution_point_written': ['distribution point written', 'distribution points written'],
  'jamf.check_failed': ['download as a computer failed', 'downloads as a computer failed'],
  'jamf.leader_changed': ['other server that keeps Jamf Pro in step', 'other servers that keep Jamf Pro in step'],
  'jamf.connection_lost': ['connection to Jamf Pro lost', 'connections to Jamf Pro lost'],
  'jamf.connection_restored': ['connection to Jamf Pro restored', 'connections to Jamf Pro restored'],
  'sign_in.locked_out': ['sign-in locked out', 'sign-ins locked out'],
};

const isKnown = (type: string): type is EventType => Object.hasOwn(sentences, type);

export const sentenceOf = ({ type, data }: ToldEvent): string => (isKnown(type) ? sentences[type](data) : oneLine(type));

/** `3 packages could not be fetched` */
export function countOf(type: string, count: number): string {
  if (!isKnown(type)) return `${count} × ${oneLine(type)}`;
  return `${count} ${counted[type][count === 1 ? 0 : 1]}`;
}
