/** One environment variable: how to read it, and what to say about it in docs/configuration.md. */
export interface Knob<T> {
  readonly doc: string;
  /** The default as it is shown to people. */
  readonly shown: string;
  readonly secret: boolean;
  /** Turns the text into a value; throws an Error whose message completes "NAME …". */
  read(text: string | undefined): T;
}

const knob = <T>(doc: string, shown: string, read: (text: string | undefined) => T, secret = false): Knob<T> => ({
  doc,
  shown,
  secret,
  read,
});

export const text = (fallback: string, doc: string): Knob<string> => knob(doc, fallback, (value) => value ?? fallback);

/** `check` throws an Error whose message completes the name. */
export const optionalText = (doc: string, check: (value: string) => unknown = () => undefined): Knob<string | null> =>
  knob(doc, 'not set', (value) => {
    if (value !== undefined) check(value);
    return value ?? null;
  });

/** `check` throws an Error whose message completes the name, and does not repeat the value. */
export const secretText = (doc: string, check: (value: string) => unknown = () => undefined): Knob<string | null> =>
  knob(
    doc,
    'not set',
    (value) => {
      if (value !== undefined) check(value);
      return value ?? null;
    },
    true,
  );

export const integer = (fallback: number, [least, most]: readonly [number, number], doc: string): Knob<number> =>
  knob(doc, String(fallback), (value) => {
    if (value === undefined) return fallback;
    const number = /^-?\d+$/.test(value) ? Number(value) : NaN; // Number() alone takes " " for 0 and 1e3 for 1000
    if (!Number.isSafeInteger(number) || number < least || number > most) {
      throw new Error(`must be a whole number from ${least} to ${most}, not "${value}".`);
    }
    return number;
  });

export const flag = (fallback: boolean, doc: string): Knob<boolean> =>
  knob(doc, fallback ? 'true' : 'false', (value) => {
    if (value === undefined) return fallback;
    if (/^(1|true|yes|on)$/i.test(value)) return true;
    if (/^(0|false|no|off)$/i.test(value)) return false;
    throw new Error(`must be true or false, not "${value}".`);
  });

export const oneOf = <const T extends string>(choices: readonly T[], fallback: T, doc: string): Knob<T> =>
  knob(doc, fallback, (value) => {
    if (value === undefined) return fallback;
    const found = choices.find((choice) => choice.toLowerCase() === value.toLowerCase());
    if (found === undefined) throw new Error(`must be one of ${choices.join(', ')}, not "${value}".`);
    return found;
  });

const units: Readonly<Record<string, number>> = { '': 1, k: 2 ** 10, m: 2 ** 20, g: 2 ** 30, t: 2 ** 40 };

function sizeOf(text: string): number {
  const [, digits, unit = ''] = /^(\d+)\s*([kmgt]?)(?:i?b)?$/i.exec(text) ?? [];
  return digits === undefined ? NaN : Number(digits) * (units[unit.toLowerCase()] ?? NaN);
}

/** Bytes, with an optional binary unit: `500M`, `20G`. `least` is written like them. */
export const bytes = (fallback: string, least: string, doc: string): Knob<number> =>
  knob(doc, fallback, (value) => {
    const size = sizeOf(value ?? fallback);
    if (!Number.isSafeInteger(size)) throw new Error(`must be a number of bytes such as 500M or 20G, not "${value}".`);
    if (size < sizeOf(least)) throw new Error(`must be at least ${least}, not "${value}".`);
    return size;
  });
