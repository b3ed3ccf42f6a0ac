import { signatureStates } from '#libs/packages/titles/signature-state.js';
import {
  diskImageFileSystems,
  diskImagePackings,
  type Inspection,
  inspectionOf,
  insideKinds,
  packageKinds,
  unsigned,
} from '../formats/inspection-result.js';

/** The descriptor under which the parent hands over the file, opened for reading. */
export const FILE_DESCRIPTOR = 3;
/** The first line of the child's output: without it, the process did not get as far as the file, and says nothing about it. */
export const STARTED = 'started\n';

export type ChildAnswer =
  | { readonly state: 'done'; readonly found: Inspection }
  | { readonly state: 'unknown_kind' }
  | { readonly state: 'refused' | 'damaged'; readonly reason: string };

const MOST_TEXT = 500;
const MOST_ITEMS = 500;

type Fields = Readonly<Record<string, unknown>>;

const fieldsOf = (value: unknown): Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {};

// Control characters, halves of characters, and those that change the direction of a text: titles stand in lists beside trusted words.
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufffe\uffff]/g;

/** A text as it may be stored and shown; null for anything else and for nothing. */
export function safeText(value: unknown, most = MOST_TEXT): string | null {
  if (typeof value !== 'string') return null;
  const text = value
    .slice(0, 4 * most)
    .replace(CONTROL, '')
    .replace(/\p{Surrogate}/gu, '')
    .trim();
  return [...text].slice(0, most).join('') || null;
}

const list = <T>(value: unknown, read: (item: unknown) => T | null, most = MOST_ITEMS): T[] =>
  (Array.isArray(value) ? value.slice(0, most) : []).map(read).filter((item) => item !== null);

const oneOf = <T extends string>(value: unknown, allowed: readonly T[]): T | null => allowed.find((each) => each === value) ?? null;

const matching = (value: unknown, pattern: RegExp): string | null => (typeof value === 'string' && pattern.test(value) ? value : null);

/** What a child wrote, field by field; null when it is no answer. A child that a file has taken over can say only what a file can. */
export function parseAnswer(text: string): ChildAnswer | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null; // cut off, or not written by the program of an inspection
  }
  const { state, reason, found } = fieldsOf(value);
  if (state === 'unknown_kind') return { state };
  if (state === 'refused' || state === 'damaged') return { state, reason: safeText(reason) ?? 'It gave no reason.' };
  const inspection = state === 'done' ? inspectionIn(fieldsOf(found)) : null;
  return inspection && { state: 'done', found: inspection };
}

function inspectionIn(found: Fields): Inspection | null {
  const kind = oneOf(found['kind'], packageKinds);
  const installKb = found['install_kb'];
  if (!kind) return null;
  return inspectionOf({
    kind,
    title: safeText(found['title']),
    title_key: safeText(found['title_key'], 255),
    version: safeText(found['version'], 100),
    vendor: safeText(found['vendor']),
    min_os: safeText(found['min_os'], 100),
    architectures: list(found['architectures'], (item) => safeText(item, 50), 20),
    install_kb: Number.isSafeInteger(installKb) && (installKb as number) >= 0 ? (installKb as number) : null,
    restart: found['restart'] === true,
    packages: list(found['packages'], componentIn),
    inside: list(found['inside'], insideIn, 25),
    disk_image: diskImageIn(found['disk_image']),
    has_scripts: found['has_scripts'] === true,
    signature: signatureIn(fieldsOf(found['signature'])),
    stapled: found['stapled'] === true,
    warnings: list(found['warnings'], (item) => safeText(item), 20),
  });
}

function componentIn(item: unknown): Inspection['packages'][number] | null {
  const { identifier, version, install_location: location, bundles } = fieldsOf(item);
  const name = safeText(identifier);
  if (name === null) return null;
  const bundleIn = (bundle: unknown) => {
    const id = safeText(fieldsOf(bundle)['id']);
    return id === null ? null : { id, version: safeText(fieldsOf(bundle)['version'], 100) };
  };
  return { identifier: name, version: safeText(version, 100), install_location: safeText(location), bundles: list(bundles, bundleIn) };
}

function insideIn(item: unknown): Inspection['inside'][number] | null {
  const { kind, path, identifier, version } = fieldsOf(item);
  const [known, place] = [oneOf(kind, insideKinds), safeText(path)];
  // Management tools are given the path: one that had to be changed is none.
  if (known === null || place === null || place !== path) return null;
  return { kind: known, path: place, identifier: safeText(identifier, 255), version: safeText(version, 100) };
}

function diskImageIn(value: unknown): Inspection['disk_image'] {
  if (value === null || value === undefined) return null;
  const { packing, file_system: fileSystem, has_licence: hasLicence } = fieldsOf(value);
  return {
    packing: oneOf(packing, diskImagePackings),
    file_system: oneOf(fileSystem, diskImageFileSystems),
    has_licence: hasLicence === true,
  };
}

function signatureIn(fields: Fields): Inspection['signature'] {
  const linkIn = (item: unknown) => {
    const sha256 = matching(fieldsOf(item)['sha256'], /^[0-9a-f]{64}$/);
    return sha256 === null ? null : { cn: safeText(fieldsOf(item)['cn'], 200), sha256 };
  };
  return {
    state: oneOf(fields['state'], signatureStates) ?? unsigned.state,
    common_name: safeText(fields['common_name'], 200),
    team_id: matching(fields['team_id'], /^[A-Z0-9]{10}$/),
    not_after: matching(fields['not_after'], /^[\d+-]{4,10}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
    chain: list(fields['chain'], linkIn, 20),
    apple_anchor: fields['apple_anchor'] === true,
  };
}
