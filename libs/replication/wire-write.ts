import { isManifestSizePlausible } from './blocks.js';
import { spaceOf, spaces } from './space.js';
import {
  type AnyWrite,
  type ContentRootName,
  type ContentValue,
  type RegisterName,
  registerNames,
  rootAlgorithmNames,
  type Write,
} from './register.js';
import {
  EntryMalformed,
  type Fields,
  fields,
  filenameOf,
  hex,
  MAX_SIZE,
  notesOf,
  stageOf,
  stampFromWire,
  stampToWire,
  type WireStamp,
  whole,
} from './wire-fields.js';

/** A write of one register as it travels between servers and is stored. */
export interface WireWrite {
  readonly register: RegisterName;
  readonly space: string;
  readonly filename: string;
  readonly stamp: WireStamp;
  readonly value: Readonly<Record<string, unknown>>;
  readonly replaces: WireStamp | null;
  readonly sig: string | null;
}

const rootToWire = (root: ContentRootName | null) => root && { alg: root.algorithm, hash: root.hash };

const contentToWire = (value: ContentValue) => ({
  uuid: value.uuid,
  size: value.size,
  sha1: value.sha1,
  sha256: value.sha256,
  manifest_sha256: value.manifestSha256,
  root: rootToWire(value.root),
  created_ms: value.createdMs,
  origin_iss: value.originIss,
});

function valueToWire(write: AnyWrite): Readonly<Record<string, unknown>> {
  if (write.register === 'content') return contentToWire(write.value);
  if (write.register === 'deletion') return { deleted: true };
  return { [write.register]: write.value };
}

export const writeToWire = (write: AnyWrite): WireWrite => ({
  register: write.register,
  space: write.space,
  filename: write.filename,
  stamp: stampToWire(write.stamp),
  value: valueToWire(write),
  replaces: write.replaces && stampToWire(write.replaces),
  sig: write.sig,
});

function rootFromWire(value: unknown): ContentRootName | null {
  if (value === null || value === undefined) return null;
  const source = fields(value, 'root');
  const algorithm = rootAlgorithmNames.find((known) => known === source['alg']);
  if (!algorithm) throw new EntryMalformed(`root must name one of the hashes ${rootAlgorithmNames.join(', ')}.`);
  return { algorithm, hash: hex(source, 'hash', 64) };
}

function contentFromWire(source: Fields): ContentValue {
  const size = whole(source, 'size', MAX_SIZE);
  if (!isManifestSizePlausible(size)) throw new EntryMalformed('size is larger than any chunk list can describe.');
  const root = rootFromWire(source['root']);
  const isComputed = root === null || source['sha256'] !== null;
  return {
    uuid: hex(source, 'uuid', 32),
    size,
    sha1: hex(source, 'sha1', 40),
    sha256: isComputed ? hex(source, 'sha256', 64) : null,
    manifestSha256: hex(source, 'manifest_sha256', 64),
    root,
    createdMs: whole(source, 'created_ms', 8.64e15),
    originIss: hex(source, 'origin_iss', 32),
  };
}

function signatureOf(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  if (typeof value === 'string' && /^[A-Za-z0-9_-]{86}$/.test(value)) return value;
  throw new EntryMalformed('sig must be an ES256 signature in base64url.');
}

function valueFromWire(register: RegisterName, source: Fields): AnyWrite['value'] {
  if (register === 'content') return contentFromWire(source);
  if (register === 'stage') return stageOf(source['stage']);
  if (register === 'notes') return notesOf(source['notes']);
  if (source['deleted'] === true) return true;
  throw new EntryMalformed('A deletion must say deleted: true.');
}

/**
 * Reads one write that a peer sent. Unknown fields are ignored (MESH §9). Throws EntryMalformed. The filename is only checked to be
 * text here: its rules are the catalog's.
 */
export function writeFromWire(value: unknown): AnyWrite {
  const source = fields(value, 'write');
  const register = registerNames.find((known) => known === source['register']);
  if (!register) throw new EntryMalformed(`register must be one of ${registerNames.join(', ')}.`);
  const space = spaces.find((known) => known === (source['space'] ?? ''));
  if (space === undefined) throw new EntryMalformed('The write is for a catalog that this version does not know.');
  const { replaces } = source;
  const filename = filenameOf(source['filename']);
  if (spaceOf(filename) !== space) throw new EntryMalformed('The name does not belong to the catalog that the write is for.');
  return {
    register,
    space,
    filename,
    stamp: stampFromWire(source['stamp']),
    value: valueFromWire(register, fields(source['value'], 'value')),
    replaces: replaces === null || replaces === undefined ? null : stampFromWire(replaces, 'replaces'),
    sig: signatureOf(source['sig']),
  } as Write<RegisterName> as AnyWrite;
}
