/** What a bill of materials says of one path. */
export interface BomPath {
  readonly path: string;
  readonly isDirectory: boolean;
  readonly mode: number;
  readonly owner: string;
  readonly size: number;
  readonly checksum: number;
}

interface Item {
  readonly info: number;
  readonly name: number;
}

/** Reads the tree "Paths" as the installer does: from its root, along the chain of leaves. Throws where it is not what it should be. */
export class BillOfMaterials {
  private readonly blocks: readonly Buffer[];
  private readonly named = new Map<string, number>();

  constructor(bytes: Buffer) {
    if (bytes.toString('latin1', 0, 8) !== 'BOMStore' || bytes.readUInt32BE(8) !== 1) throw new Error('It is no store of version 1.');
    const [count, index, indexLength, names] = [12, 16, 20, 24].map((at) => bytes.readUInt32BE(at)) as [number, number, number, number];
    this.blocks = Array.from({ length: bytes.readUInt32BE(index) }, (_, number) => {
      const [at, length] = [0, 4].map((offset) => bytes.readUInt32BE(index + 4 + 8 * number + offset)) as [number, number];
      if (at + length > index) throw new Error(`Block ${number} is outside.`);
      return bytes.subarray(at, at + length);
    });
    if (this.blocks.length !== count + 1 || index + indexLength !== bytes.length) throw new Error('Its index is cut.');
    this.readNames(bytes, names);
  }

  get names(): string[] {
    return [...this.named.keys()];
  }

  /** How many paths it says that it has; one more than there are, as Apple's own tool counts. */
  get stated(): number {
    return this.block(this.named.get('BomInfo')!).readUInt32BE(4);
  }

  paths(): BomPath[] {
    const tree = this.block(this.named.get('Paths')!);
    if (tree.toString('latin1', 0, 4) !== 'tree') throw new Error('Paths is no tree.');
    const items = [...this.itemsBelow(tree.readUInt32BE(8))];
    if (items.length !== tree.readUInt32BE(16)) throw new Error('The tree has another count of paths than it says.');
    const places = new Map<number, string>([[0, '']]);
    return items.map((item) => this.pathOf(item, places));
  }

  private block(number: number): Buffer {
    const block = this.blocks[number];
    if (number === 0 || block === undefined) throw new Error(`There is no block ${number}.`);
    return block;
  }

  private readNames(bytes: Buffer, start: number): void {
    let at = start + 4;
    for (let left = bytes.readUInt32BE(start); left > 0; left--) {
      const length = bytes.readUInt8(at + 4);
      this.named.set(bytes.toString('latin1', at + 5, at + 5 + length), bytes.readUInt32BE(at));
      at += 5 + length;
    }
  }

  private *itemsBelow(number: number): Generator<Item> {
    const node = this.block(number);
    if (node.readUInt16BE(0) === 0) return yield* this.itemsBelow(this.items(node)[0]!.info); // the leaves lead on to each other
    yield* this.items(node);
    const next = node.readUInt32BE(4);
    if (next !== 0) yield* this.itemsBelow(next);
  }

  private items(node: Buffer): Item[] {
    return Array.from({ length: node.readUInt16BE(2) }, (_, index) => ({
      info: node.readUInt32BE(12 + 8 * index),
      name: node.readUInt32BE(16 + 8 * index),
    }));
  }

  /** @param places the paths of the directories so far, by their numbers */
  private pathOf({ info, name }: Item, places: Map<number, string>): BomPath {
    const entry = this.block(info);
    const details = this.block(entry.readUInt32BE(4));
    const file = this.block(name);
    const parent = places.get(file.readUInt32BE(0));
    if (parent === undefined) throw new Error('A path comes before its directory.');
    const own = file.toString('utf8', 4, file.length - 1);
    const path = parent === '' ? own : `${parent}/${own}`;
    places.set(entry.readUInt32BE(0), path);
    return {
      path,
      isDirectory: details.readUInt8(0) === 2,
      mode: details.readUInt16BE(4),
      owner: `${details.readUInt32BE(6)}:${details.readUInt32BE(10)}`,
      size: details.readUInt32BE(18),
      checksum: details.readUInt32BE(23),
    };
  }
}
