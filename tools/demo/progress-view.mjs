const WIDTH = 30;
const out = process.stdout;

/** One line per server, redrawn in place on a terminal, and written again after each quarter elsewhere. */
export class ProgressView {
  /** @type {Map<string, { share: number, words: string }>} */ #lines = new Map();
  #drawn = 0;

  /** @param {string} name @param {number} share from 0 to 1 @param {string} words */
  show(name, share, words) {
    const before = this.#lines.get(name);
    this.#lines.set(name, { share, words });
    if (out.isTTY) this.#redraw();
    else if (before === undefined || quarterOf(before) !== quarterOf({ share }) || (share === 1 && before.words !== words))
      out.write(`${this.#line(name)}\n`);
  }

  #redraw() {
    if (this.#drawn > 0) out.write(`\x1b[${this.#drawn}A`);
    for (const name of this.#lines.keys()) out.write(`\x1b[K${this.#line(name)}\n`);
    this.#drawn = this.#lines.size;
  }

  /** @param {string} name */
  #line(name) {
    const { share, words } = /** @type {{ share: number, words: string }} */ (this.#lines.get(name));
    const full = Math.round(share * WIDTH);
    return `  ${name.padEnd(8)} ${'█'.repeat(full)}${'░'.repeat(WIDTH - full)} ${String(Math.floor(share * 100)).padStart(3)} %  ${words}`;
  }
}

/** @param {{ share: number }} line */
const quarterOf = ({ share }) => Math.floor(share * 4);
