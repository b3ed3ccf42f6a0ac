import { requireStages } from '#libs/packages/stage-limit.js';
import { unknownName } from '#libs/platform/format/nearest-name.js';
import { InvalidRequest, pointerPart } from '#libs/platform/errors/common.errors.js';
import { DigestMismatch } from './upload.errors.js';
import { faultOfText } from '#libs/replication/plain-text.js';
import { stages, type Stage } from '#libs/replication/stage.js';

/** Characters. */
export const MAX_NOTES = 2_000;
/** What can be said about a package that is uploaded: fields of the form, keys of tus metadata. */
export const uploadFields = ['stage', 'notes', 'replace', 'confirm', 'sha256'];

/** Throws InvalidRequest with the name that was meant: what is ignored would be published otherwise than its sender thinks. */
export function requireKnownField(kind: string, name: string, known: readonly string[] = uploadFields): void {
  if (!known.includes(name))
    throw new InvalidRequest([{ pointer: `/${pointerPart(name.slice(0, 60))}`, detail: unknownName(kind, name, known) }]);
}

/** Null when none is given. Throws InvalidRequest. */
export function stageOf(text: string | undefined): Stage | null {
  if (!text) return null;
  const stage = stages.find((known) => known === text);
  if (!stage) throw new InvalidRequest([{ pointer: '/stage', detail: `stage must be one of ${stages.join(', ')}.` }]);
  return stage;
}

/** Called as fields arrive, on behalf of the caller: a fault that precedes the file is reported before the file is sent. */
export function checkField(name: string, value: string): void {
  if (name === 'file')
    throw new InvalidRequest([{ pointer: '/file', detail: 'The part "file" has no filename: send filename="..." with it.' }]);
  requireKnownField('field', name);
  const fault = faultOfText(value);
  if (fault !== null) throw new InvalidRequest([{ pointer: `/${name}`, detail: `${name} ${fault}` }]);
  const stage = name === 'stage' ? stageOf(value) : null;
  if (stage) requireStages(stage);
  if (name === 'notes' && value.length > MAX_NOTES) {
    throw new InvalidRequest([{ pointer: '/notes', detail: `notes may have at most ${MAX_NOTES} characters.` }]);
  }
  if (name === 'sha256' && value !== '' && !/^[0-9a-f]{64}$/i.test(value)) {
    throw new InvalidRequest([{ pointer: '/sha256', detail: 'sha256 must be 64 hexadecimal digits.' }]);
  }
  if ((name === 'replace' || name === 'confirm') && !['', 'true', 'false'].includes(value)) {
    throw new InvalidRequest([{ pointer: `/${name}`, detail: `${name} must be true or false.` }]);
  }
}

/** Throws DigestMismatch when the client said that the file has another SHA-256. */
export function requireSha256(expected: string | undefined, found: string, where = 'the field sha256'): void {
  if (expected && expected.toLowerCase() !== found) throw new DigestMismatch(where);
}
