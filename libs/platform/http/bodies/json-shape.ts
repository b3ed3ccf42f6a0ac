/** How large and how deep one JSON body may be. Texts are counted in bytes as they were sent. */
export interface JsonLimits {
  /** Fields of all objects together. */
  readonly maxKeys: number;
  /** Elements of all lists together. */
  readonly maxItems: number;
  readonly maxDepth: number;
  readonly maxTextBytes: number;
  /**
   * `each`: a number that cannot be kept exactly is let through, because the route judges each element of a list for itself, and one that is
   * wrong must not refuse the others. Without it such a number refuses the body.
   */
  readonly numbers?: 'each';
}

const MAX_KEY_BYTES = 256;
const MAX_NUMBER_CHARS = 32;
/** Names under which a careless copy would replace the prototype of an object. */
const forbiddenKeys = new Set(['__proto__', 'constructor']);

const Byte = {
  Quote: 0x22,
  Comma: 0x2c,
  Minus: 0x2d,
  Zero: 0x30,
  Nine: 0x39,
  Colon: 0x3a,
  OpenList: 0x5b,
  Escape: 0x5c,
  CloseList: 0x5d,
  OpenObject: 0x7b,
  CloseObject: 0x7d,
} as const;

/** An object with the names that it has so far, or a list (null). */
type Container = Set<string> | null;

/**
 * What is wrong with the shape of a JSON text, as a sentence, or null. One pass over the bytes, which ends at the first fault and builds no
 * values: it runs before anything else works with the text. It does not check the syntax (RFC 8259), which `JSON.parse` does afterwards.
 */
export function shapeFault(bytes: Buffer, limits: JsonLimits): string | null {
  return new ShapeScan(bytes, limits).run();
}

class ShapeScan {
  private readonly open: Container[] = [];
  private at = 0;
  private keys = 0;
  private items = 0;
  /** The next text names a field. */
  private isKeyNext = false;

  constructor(
    private readonly bytes: Buffer,
    private readonly limits: JsonLimits,
  ) {}

  run(): string | null {
    while (this.at < this.bytes.length) {
      const fault = this.step(this.bytes[this.at]!);
      if (fault !== null) return fault;
    }
    return null;
  }

  private step(byte: number): string | null {
    if (byte === Byte.Quote) return this.text();
    if (byte === Byte.Minus || (byte >= Byte.Zero && byte <= Byte.Nine)) return this.number();
    this.at += 1;
    switch (byte) {
      case Byte.OpenObject:
        return this.begin(new Set());
      case Byte.OpenList:
        return this.begin(null) ?? this.countItem();
      case Byte.CloseObject:
      case Byte.CloseList:
        this.open.pop();
        this.isKeyNext = false;
        return null;
      case Byte.Comma:
        this.isKeyNext = this.open.at(-1) instanceof Set;
        return this.isKeyNext ? null : this.countItem();
      case Byte.Colon:
        this.isKeyNext = false;
        return null;
      default:
        return null;
    }
  }

  private begin(container: Container): string | null {
    const { maxDepth } = this.limits;
    this.open.push(container);
    this.isKeyNext = container !== null;
    return this.open.length > maxDepth ? `The body is nested more than ${maxDepth} levels deep.` : null;
  }

  private countItem(): string | null {
    this.items += 1;
    return this.items > this.limits.maxItems ? `The lists of the body have more than ${this.limits.maxItems} elements together.` : null;
  }

  private text(): string | null {
    const start = this.at + 1;
    let end = start;
    while (end < this.bytes.length && this.bytes[end] !== Byte.Quote) end += this.bytes[end] === Byte.Escape ? 2 : 1;
    this.at = end + 1;
    if (this.isKeyNext) return this.key(start, end);
    return end - start > this.limits.maxTextBytes ? `A text in the body is longer than ${this.limits.maxTextBytes} bytes.` : null;
  }

  private key(start: number, end: number): string | null {
    this.isKeyNext = false;
    this.keys += 1;
    if (this.keys > this.limits.maxKeys) return `The body has more than ${this.limits.maxKeys} fields.`;
    if (end - start > MAX_KEY_BYTES) return `The name of a field is longer than ${MAX_KEY_BYTES} bytes.`;
    const written = this.bytes.toString('utf8', start, end);
    const name = written.includes('\\') ? unescaped(written) : written;
    if (name === null) return null; // JSON.parse names the place
    if (forbiddenKeys.has(name)) return `A field must not be named ${name}.`;
    const names = this.open.at(-1);
    if (names?.has(name)) return `The field ${JSON.stringify(name)} is there twice.`;
    names?.add(name);
    return null;
  }

  private number(): string | null {
    const start = this.at;
    while (this.at < this.bytes.length && isOfNumber(this.bytes[this.at]!)) this.at += 1;
    if (this.at - start > MAX_NUMBER_CHARS) return `A number in the body has more than ${MAX_NUMBER_CHARS} characters.`;
    if (this.limits.numbers === 'each') return null;
    const written = this.bytes.toString('latin1', start, this.at);
    const value = Number(written);
    if (value === Infinity || value === -Infinity) return 'A number in the body is too large.';
    const isWhole = /^-?\d+$/.test(written);
    return isWhole && !Number.isSafeInteger(value)
      ? 'A whole number in the body is too large to be kept exactly (more than 2^53 - 1).'
      : null;
  }
}

/** Digits, signs, point and exponent. */
const isOfNumber = (byte: number): boolean =>
  (byte >= Byte.Zero && byte <= Byte.Nine) || byte === Byte.Minus || byte === 0x2b || byte === 0x2e || byte === 0x45 || byte === 0x65;

/** Two spellings of one name are one name. Null for an escape that is none. */
function unescaped(written: string): string | null {
  try {
    return JSON.parse(`"${written}"`) as string;
  } catch {
    return null;
  }
}
