import { isUtf8 } from 'node:buffer';
import { JsonRefused } from './body-errors.js';
import { type JsonLimits, shapeFault } from './json-shape.js';

/** The value of a JSON text (RFC 8259) within the limits. Throws JsonRefused, which says what is wrong and repeats no value. */
export function parseJson(bytes: Buffer, limits: JsonLimits): unknown {
  if (bytes.length === 0) throw new JsonRefused('The body is empty; it must be JSON.');
  if (!isUtf8(bytes)) throw new JsonRefused('The body is not UTF-8.');
  const fault = shapeFault(bytes, limits);
  if (fault !== null) throw new JsonRefused(fault);
  try {
    return JSON.parse(bytes.toString('utf8')) as unknown;
  } catch {
    throw new JsonRefused('The body is not valid JSON.');
  }
}
