/** Names that calls know, so that what is made passes the first check for unknown fields. */
const names = [
  'username',
  'password',
  'name',
  'role',
  'stage',
  'notes',
  'url',
  'events',
  'filenames',
  'epoch',
  'since',
  'next',
  'items',
  'entry',
];
const numbers = [
  '0',
  '-0',
  '1',
  '-1',
  '1.5',
  '1e308',
  '1e309',
  '-1E999',
  '9007199254740993',
  '9'.repeat(400),
  `0.${'1'.repeat(5_000)}`,
  '01',
  '+1',
  '1e',
  'NaN',
];
const texts = ['', 'x', '\\u0000', '\\ud800', '\\\\', '\\"', '\\x', '💣', '<script>', '../../etc/passwd', '\u0001'];

export interface JsonShape {
  readonly name: string;
  readonly body: Buffer;
}

/** Makes JSON, and what is nearly JSON, of any shape; the same for the same seed (mulberry32). */
export class JsonShapes {
  constructor(private state: number) {}

  next(): JsonShape {
    const makers: readonly (readonly [string, () => string])[] = [
      ['many fields', () => `{${this.list(200_000, (index) => `"f${index}":${this.leaf()}`)}}`],
      ['many known fields', () => `{${this.list(2_000, () => `"${this.pick(names)}":${this.leaf()}`)}}`],
      ['deep objects', () => this.nested(20_000, `{"${this.pick(names)}":`, '}')],
      ['deep lists', () => this.nested(50_000, '[', ']')],
      ['deep below a known field', () => `{"${this.pick(names)}":${this.nested(20_000, '[', ']')}}`],
      ['long lists', () => `{"${this.pick(names)}":[${this.list(200_000, () => this.leaf())}]}`],
      ['a field twice', () => `{"${this.pick(names)}":1,"a":{"${this.pick(names)}":1,"b":1,"\\u0062":2}}`],
      ['a huge text', () => `{"${this.pick(names)}":"${this.pick(texts).repeat(this.size(400_000))}"}`],
      ['a huge name', () => `{"${'k'.repeat(this.size(400_000))}":1}`],
      ['a strange number', () => `{"${this.pick(names)}":${this.pick(numbers)}}`],
      ['a small tree', () => this.tree(6)],
      ['a prototype', () => `{"${this.pick(['__proto__', 'constructor', '\\u005f_proto__'])}":{"prototype":{"a":1}}}`],
      ['a broken text', () => this.tree(4).slice(0, -1 - this.below(3))],
      ['no UTF-8', () => ''],
      ['white space', () => ' \n'.repeat(this.size(500_000))],
    ];
    const [name, make] = this.pick(makers);
    const text = make();
    return {
      name: `${name} (${text.length} bytes)`,
      body: name === 'no UTF-8' ? Buffer.from([0x7b, 0x22, 0xc3, 0x28, 0x22, 0x3a, 0x31, 0x7d]) : Buffer.from(text),
    };
  }

  private tree(depth: number): string {
    const kind = this.below(depth > 0 ? 4 : 2);
    if (kind === 2) return `[${this.list(5, () => this.tree(depth - 1))}]`;
    if (kind === 3) return `{${this.list(5, (index) => `"${this.pick(names)}${index || ''}":${this.tree(depth - 1)}`)}}`;
    return this.leaf();
  }

  private leaf(): string {
    return this.pick([() => 'null', () => 'true', () => this.pick(numbers.slice(0, 6)), () => `"${this.pick(texts)}"`])();
  }

  private nested(most: number, open: string, close: string): string {
    const depth = this.size(most);
    return `${open.repeat(depth)}1${close.repeat(depth)}`;
  }

  private list(most: number, make: (index: number) => string): string {
    return Array.from({ length: this.size(most) }, (_, index) => make(index)).join(',');
  }

  /** From 1 to `most`, small ones as often as large ones. */
  private size(most: number): number {
    return Math.max(1, Math.floor(most ** this.random()));
  }

  private below(limit: number): number {
    return Math.floor(this.random() * limit);
  }

  private pick<T>(from: readonly T[]): T {
    return from[this.below(from.length)]!;
  }

  private random(): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }
}
