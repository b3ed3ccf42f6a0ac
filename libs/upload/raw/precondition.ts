import type { IncomingHttpHeaders } from 'node:http';
import { validatorsOf } from '#libs/downloads/download.service.js';
import type { NewContent } from '#libs/packages/content-publisher.js';
import { UploadMalformed, UploadPrecondition } from '../upload.errors.js';

export interface Precondition {
  readonly expects: NonNullable<NewContent['expects']>;
  /** `If-Match` names the content that is to be replaced. */
  readonly replaces: boolean;
}

const entityTags = /^\s*(?:\*|(?:W\/)?"[\x21\x23-\x7e\x80-\xff]*"(?:\s*,\s*(?:W\/)?"[\x21\x23-\x7e\x80-\xff]*")*)\s*$/;

/** `*`, or the entity tags of a list. Throws UploadMalformed. */
function tagsOf(name: string, value: string): '*' | string[] {
  if (!entityTags.test(value)) throw new UploadMalformed(`${name} must be * or entity tags in double quotes.`);
  return value.trim() === '*' ? '*' : value.match(/(?:W\/)?"[^"]*"/g)!;
}

/**
 * `If-Match` and `If-None-Match` of an upload (RFC 9110 section 13.1), the entity tag being the one that downloads have. Null when there
 * are none. Throws UploadMalformed.
 */
export function preconditionOf(headers: IncomingHttpHeaders, filename: string): Precondition | null {
  const wanted = headers['if-match'] === undefined ? null : tagsOf('If-Match', headers['if-match']);
  const unwanted = headers['if-none-match'] === undefined ? null : tagsOf('If-None-Match', headers['if-none-match']);
  if (wanted === null && unwanted === null) return null;
  return {
    replaces: wanted !== null,
    expects: (current) => {
      const etag = current && validatorsOf(current).etag;
      const isWanted = wanted === null || (etag !== null && (wanted === '*' || wanted.includes(etag)));
      const isUnwanted =
        unwanted !== null && etag !== null && (unwanted === '*' || unwanted.some((tag) => tag.replace(/^W\//, '') === etag));
      if (!isWanted || isUnwanted) throw new UploadPrecondition(filename, etag !== null);
    },
  };
}
