import { InvalidRequest, pointerPart } from '#libs/platform/errors/common.errors.js';
import { fromJson, type Json } from '#libs/platform/plist/plist-json.js';
import { PlistError, type PlistValue } from '#libs/platform/plist/plist-value.js';

/**
 * The keys of a JSON object as values of a property list: dates and data as `fromJson` has them; null stays null, at the top. Throws
 * InvalidRequest.
 */
export function plistFromJson(json: Readonly<Record<string, unknown>>, pointer: string): Map<string, PlistValue | null> {
  const valueOf = (key: string, value: Json): PlistValue | null => {
    try {
      return value === null ? null : fromJson(value);
    } catch (error) {
      if (error instanceof PlistError) throw new InvalidRequest([{ pointer: `${pointer}/${pointerPart(key)}`, detail: error.message }]);
      throw error;
    }
  };
  return new Map(Object.entries(json).map(([key, value]) => [key, valueOf(key, value as Json)]));
}
