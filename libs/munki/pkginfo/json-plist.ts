import { InvalidRequest, pointerPart } from '#libs/platform/errors/common.errors.js';
import { type PlistDict, type PlistValue, Real } from '#libs/platform/plist/plist-value.js';

const MOST_DEPTH = 16;

function valueOf(json: unknown, pointer: string, depth: number): PlistValue {
  const refuse = (detail: string): never => {
    throw new InvalidRequest([{ pointer, detail }]);
  };
  if (depth > MOST_DEPTH) return refuse(`It is nested more than ${MOST_DEPTH} deep.`);
  if (typeof json === 'string' || typeof json === 'boolean') return json;
  if (typeof json === 'number') return Number.isSafeInteger(json) ? json : new Real(json);
  if (Array.isArray(json)) return json.map((each, index) => valueOf(each, `${pointer}/${index}`, depth + 1));
  if (typeof json === 'object' && json !== null) return dictOf(json, pointer, depth);
  return refuse('A property list has no null.');
}

function dictOf(json: object, pointer: string, depth: number): PlistDict {
  return new Map(Object.entries(json).map(([key, value]) => [key, valueOf(value, `${pointer}/${pointerPart(key)}`, depth + 1)]));
}

/** The keys of a JSON object as values of a property list; null stays null, at the top. Throws InvalidRequest. */
export function plistFromJson(json: Readonly<Record<string, unknown>>, pointer: string): Map<string, PlistValue | null> {
  return new Map(
    Object.entries(json).map(([key, value]) => [key, value === null ? null : valueOf(value, `${pointer}/${pointerPart(key)}`, 1)]),
  );
}
