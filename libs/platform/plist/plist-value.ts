/** A number that was written as `<real>`: 1.0 stays a real. */
export class Real {
  constructor(readonly value: number) {}
}

export type PlistDict = Map<string, PlistValue>;
/** A value of a property list. Integers are numbers where they are exact, otherwise bigints. */
export type PlistValue = string | number | bigint | boolean | Real | Date | Buffer | PlistValue[] | PlistDict;

/** What was read is no property list, or not one that is taken; the message says why. */
export class PlistMalformed extends Error {
  override readonly name = 'PlistMalformed';
}

export const isDict = (value: PlistValue | undefined): value is PlistDict => value instanceof Map;
