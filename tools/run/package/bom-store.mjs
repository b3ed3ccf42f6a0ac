const HEADER_LENGTH = 512;

/** The container of a bill of materials: numbered blocks, some of which have names. All numbers are big-endian. */
export class BomStore {
  /** Block 0 is none. @type {Buffer[]} */
  #blocks = [Buffer.alloc(0)];
  /** @type {Map<string, number>} */
  #named = new Map();

  /** @param {Buffer} bytes @returns {number} its number */
  add(bytes) {
    return this.#blocks.push(bytes) - 1;
  }

  /** @param {string} name @param {Buffer} bytes */
  addNamed(name, bytes) {
    this.#named.set(name, this.add(bytes));
  }

  /** The number that the next block gets. */
  get next() {
    return this.#blocks.length;
  }

  /** @returns {Buffer} the file */
  toBuffer() {
    const names = this.#names();
    const start = HEADER_LENGTH + names.length;
    const index = this.#index(start);
    const end = start + this.#blocks.reduce((sum, each) => sum + each.length, 0);
    const header = Buffer.alloc(HEADER_LENGTH);
    header.write('BOMStore', 'latin1');
    const fields = [1, this.#blocks.length - 1, end, index.length, HEADER_LENGTH, names.length];
    for (const [at, value] of fields.entries()) header.writeUInt32BE(value, 8 + 4 * at);
    return Buffer.concat([header, names, ...this.#blocks, index]);
  }

  #names() {
    const parts = [...this.#named].map(([name, block]) => Buffer.concat([numbers(block), Buffer.from([name.length]), Buffer.from(name)]));
    return Buffer.concat([numbers(parts.length), ...parts]);
  }

  /** Where each block is, and an empty list of free ones. @param {number} start */
  #index(start) {
    let at = start;
    const places = this.#blocks.map((block, number) => {
      const place = numbers(number === 0 ? 0 : at, block.length);
      at += block.length;
      return place;
    });
    return Buffer.concat([numbers(places.length), ...places, numbers(2, 0, 0, 0, 0)]);
  }
}

/** @param {...number} values @returns {Buffer} of 32 bits each */
export function numbers(...values) {
  const bytes = Buffer.alloc(4 * values.length);
  for (const [at, value] of values.entries()) bytes.writeUInt32BE(value, 4 * at);
  return bytes;
}
