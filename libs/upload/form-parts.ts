import type { BusboyInstance } from '@fastify/busboy';
import { EventEmitter } from 'node:events';
import { UploadMalformed } from './upload.errors.js';

/** Names of headers in lower case; a header that came twice has two values. Bytes as latin1. */
type PartHeaders = Readonly<Record<string, readonly string[] | undefined>>;

/** A field that names the charset of the others (RFC 7578 section 4.6). */
export const CHARSET_FIELD = '_charset_';
/** Transfer encodings that leave the bytes as they are (RFC 2045 section 6). */
const plainEncodings = ['7bit', '8bit', 'binary', ''];
const SHOWN_LENGTH = 60;

const shown = (value: string): string => value.slice(0, SHOWN_LENGTH);
const first = (headers: PartHeaders, name: string): string => (headers[name]?.[0] ?? '').trim();

/** False when bytes did not fit their charset: the decoder has put U+FFFD in their place. */
export const isTrueText = (text: string): boolean => !text.includes('\ufffd');

/** Throws UploadMalformed unless the form is in UTF-8. */
export function requireUtf8(charset: string): void {
  if (!/^(utf-?8|us-ascii|ascii)?$/i.test(charset.trim())) throw new UploadMalformed(`Send the form in UTF-8, not in ${shown(charset)}.`);
}

function requireCharset(type: string): void {
  const charset = /;\s*charset\s*=\s*"?([^";]*)/i.exec(type)?.[1]?.trim();
  if (charset === undefined) return;
  try {
    new TextDecoder(charset);
  } catch {
    throw new UploadMalformed(`The charset ${shown(charset)} of a part is not known. Send the form in UTF-8.`);
  }
}

/** The parameters of Content-Disposition (RFC 6266 section 4.1), each in lower case. Throws UploadMalformed when one comes twice. */
function parametersOf(disposition: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const [, name, value] of disposition.matchAll(/;\s*([\w*-]+)\s*=\s*("(?:\\.|[^"\\])*"|[^;]*)/g)) {
    const key = name!.toLowerCase();
    if (found.has(key)) throw new UploadMalformed(`A part of the form says ${shown(key)} twice.`);
    found.set(key, value!.trim());
  }
  return found;
}

/**
 * The name in `filename*` (RFC 8187), which counts more than a `filename` beside it (RFC 6266 section 4.3): that is for programs
 * that know no other. Null without one. Throws UploadMalformed.
 */
export function extendedFilename(headers: PartHeaders): string | null {
  const value = parametersOf(first(headers, 'content-disposition')).get('filename*');
  if (value === undefined) return null;
  const [, charset = '', encoded = ''] = /^([\w-]+)'[^']*'(.*)$/.exec(value) ?? [];
  try {
    const bytes = Buffer.from(
      encoded.replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(parseInt(hex, 16))),
      'latin1',
    );
    return new TextDecoder(charset, { fatal: true }).decode(bytes);
  } catch {
    throw new UploadMalformed(`The name ${shown(value)} in filename* cannot be read. Send filename="..." in UTF-8.`);
  }
}

/**
 * What a part says about itself is honoured or refused, never passed over: a part that is not read would be a stage, or a whole file, that
 * was silently lost. Throws UploadMalformed.
 */
export function checkPart(headers: PartHeaders): void {
  for (const name of ['content-disposition', 'content-type', 'content-transfer-encoding'])
    if ((headers[name]?.length ?? 0) > 1) throw new UploadMalformed(`A part of the form has the header ${name} twice.`);
  const disposition = first(headers, 'content-disposition');
  if (!/^form-data\s*(;|$)/i.test(disposition))
    throw new UploadMalformed('Every part of the form needs the header Content-Disposition: form-data; name="...".');
  if (!parametersOf(disposition).has('name')) throw new UploadMalformed('A part of the form has no name. Send the file as name="file".');
  const transfer = first(headers, 'content-transfer-encoding').toLowerCase();
  if (!plainEncodings.includes(transfer))
    throw new UploadMalformed(`Send each part as it is, without the header Content-Transfer-Encoding (it says ${shown(transfer)}).`);
  const encoding = first(headers, 'content-encoding').toLowerCase();
  if (!['', 'identity'].includes(encoding))
    throw new UploadMalformed(`Send each part as it is, without the header Content-Encoding (it says ${shown(encoding)}).`);
  if (headers['content-range']) throw new UploadMalformed('Send the whole file: a part with Content-Range is not understood here.');
  const type = first(headers, 'content-type');
  if (/^multipart\//i.test(type))
    throw new UploadMalformed('Send one file at a time: a part that is a multipart itself is not understood here.');
  requireCharset(type);
}

/**
 * Calls `fail` with what `checkPart` throws; the parser itself skips parts that it does not understand, and names no headers. Calls `name` with
 * the `filename*` of each part, if it has one, before the parser says that the part has begun.
 */
export function watchParts(parser: BusboyInstance, fail: (error: Error) => void, name: (extended: string | null) => void): void {
  const parts = (parser as unknown as { _parser?: { parser?: unknown } })._parser?.parser;
  if (!(parts instanceof EventEmitter)) throw new Error('This version of @fastify/busboy does not show the parts of a form.');
  parts.on('part', (part: EventEmitter) => {
    part.prependListener('header', (headers: PartHeaders) => {
      try {
        checkPart(headers);
        name(extendedFilename(headers));
      } catch (error) {
        fail(error as Error); // thrown here it would end the process
      }
    });
  });
}
