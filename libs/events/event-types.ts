import type { Role } from '#libs/entities/user.entity.js';

interface EventKind {
  /** One sentence, for people who choose what they want to be told. */
  readonly description: string;
  /** The least role that may read it. */
  readonly role: Role;
  readonly example: Readonly<Record<string, unknown>>;
}

const pkg = { filename: 'NoMAD.pkg', uuid: '28f7adde4f674873807a4c8c69b641d0', size: 3_438_044, sha256: 'e3b0c442…', stage: 'Prod' };
const peer = { iss: 'e7becdda9a9046f6a78f69ef591e9835', name: 'Example ODS 2', url: 'http://192.168.99.101' };

/** Everything that can happen, by its name: feature, then past tense. */
export const eventTypes = {
  'package.uploaded': { role: 'viewer', description: 'A new package was uploaded at this server.', example: pkg },
  'package.replaced': { role: 'viewer', description: 'A package got another content, at this server.', example: pkg },
  'package.promoted': {
    role: 'viewer',
    description: 'A package was moved to a later stage, at this server.',
    example: { ...pkg, from: 'Test' },
  },
  'package.demoted': {
    role: 'viewer',
    description: 'A package was moved to an earlier stage, at this server.',
    example: { ...pkg, from: 'Prod' },
  },
  'package.deleted': { role: 'viewer', description: 'A package was deleted, at this server.', example: pkg },
  'package.restored': { role: 'viewer', description: 'An earlier version of a package was brought back, at this server.', example: pkg },
  'package.synced': { role: 'viewer', description: 'A package arrived here from another server, whole and verified.', example: pkg },
  'package.sync_failed': {
    role: 'viewer',
    description: 'A package could not be fetched, and that needs a look. It is tried again by itself.',
    example: { ...pkg, code: 'content-mismatch', reason: 'Berlin sent blocks with wrong content and was given up.' },
  },
  'package.quarantined': {
    role: 'viewer',
    description: 'A package was found damaged on this disk; it is not served until it has been fetched again.',
    example: pkg,
  },
  'peer.registered': { role: 'viewer', description: 'A server was registered.', example: peer },
  'peer.unregistered': { role: 'viewer', description: 'A server was unregistered.', example: peer },
  'peer.unreachable': {
    role: 'viewer',
    description: 'A registered server does not answer.',
    example: { ...peer, reason: 'connect ECONNREFUSED' },
  },
  'peer.reachable': { role: 'viewer', description: 'A registered server answers again.', example: peer },
  'deletes.held': {
    role: 'viewer',
    description: 'News of other servers would delete a large part of the packages; it is held until an administrator decides.',
    example: { peer: 'Example ODS 2', packages: 120, total_held: 120 },
  },
  'disk.low': {
    role: 'viewer',
    description: 'There is no room for a package that is wanted here; fetching goes on when there is.',
    example: { free_bytes: 1_048_576, needed_bytes: 734_003_200, filename: 'NoMAD.pkg' },
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
