import { requireStages } from '#libs/packages/stage-limit.js';
import { InvalidRequest } from '#libs/platform/errors/common.errors.js';
import { DigestMismatch } from './upload.errors.js';
import { stages, type Stage } from '#libs/replication/stage.js';

const MAX_NOTES = 2_000;

/** Null when none is given. Throws InvalidRequest. */
export function stageOf(text: string | undefined): Stage | null {
  if (!text) return null;
  const stage = stages.find((known) => known === text);
  if (!stage) throw new InvalidRequest([{ pointer: '/stage', detail: `stage must be one of ${stages.join(', ')}.` }]);
  return stage;
}

/** Called as fields arrive, on behalf of the caller: a fault that stands before the file is told before the file is sent. */
export function checkField(name: string, value: string): void {
  const stage = name === 'stage' ? stageOf(value) : null;
  if (stage) requireStages(stage);
  if (name === 'notes' && value.length > MAX_NOTES) {
    throw new InvalidRequest([{ pointer: '/notes', detail: `notes may have at most ${MAX_NOTES} characters.` }]);
  }
  if (name === 'sha256' && value !== '' && !/^[0-9a-f]{64}$/i.test(value)) {
    throw new InvalidRequest([{ pointer: '/sha256', detail: 'sha256 must be 64 hexadecimal digits.' }]);
  }
  if (name === 'replace' && !['', 'true', 'false'].includes(value)) {
    throw new InvalidRequest([{ pointer: '/replace', detail: 'replace must be true or false.' }]);
  }
}

/** Throws DigestMismatch when the client said that the file has another SHA-256. */
export function requireSha256(expected: string | undefined, found: string): void {
  if (expected && expected.toLowerCase() !== found) throw new DigestMismatch('the field sha256');
}
