import os from 'node:os';
import { parseArgs } from 'node:util';

/** The command line is not understood; the message says where. */
export class OptionsWrong extends Error {}

const units = { '': 1, K: 2 ** 10, M: 2 ** 20, G: 2 ** 30 };

/** @param {string} text */
function readSize(text) {
  const found = /^(\d+)([KMG]?)$/i.exec(text);
  if (found === null) throw new OptionsWrong(`"${text}" is not a size. Write 8M, 1G, …`);
  return Number(found[1]) * units[found[2].toUpperCase()];
}

/** @param {string} name @param {string} text */
function readCount(name, text) {
  if (!/^[1-9]\d{0,6}$/.test(text)) throw new OptionsWrong(`--${name} takes a whole number from 1.`);
  return Number(text);
}

const flags = {
  size: { type: 'string' },
  rounds: { type: 'string', default: '5' },
  count: { type: 'string' },
  dir: { type: 'string', default: os.tmpdir() },
  pinned: { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
};

/**
 * @param {readonly string[]} args @param {readonly string[]} known names of parts
 */
export function readOptions(args, known) {
  let parsed;
  try {
    parsed = parseArgs({ args: [...args], options: flags, allowPositionals: true });
  } catch (error) {
    throw new OptionsWrong(error.message);
  }
  const { values, positionals } = parsed;
  for (const name of positionals) if (!known.includes(name)) throw new OptionsWrong(`There is no part "${name}".`);
  return {
    parts: positionals.length > 0 ? positionals : known,
    rounds: readCount('rounds', values.rounds),
    /** Bytes of the large file, or null for what the part's target speaks of. */
    size: values.size === undefined ? null : readSize(values.size),
    /** How many of whatever the part has many of, or null. */
    count: values.count === undefined ? null : readCount('count', values.count),
    dir: values.dir,
    /** One processor for each side. */
    pinned: values.pinned,
    json: values.json,
    wantsHelp: values.help,
  };
}

/** @param {Record<string, { summary: string }>} parts */
export function usage(parts) {
  const lines = Object.entries(parts).map(([name, { summary }]) => `  ${name.padEnd(10)} ${summary}`);
  return `npm run bench -- [part…] [--size 1G] [--count N] [--rounds 5] [--dir ${os.tmpdir()}] [--pinned] [--json]

${lines.join('\n')}

Without a name all parts are measured. --size and --count make it small enough to try; the figures then mean little.
--pinned gives each side of a transfer, and the server of an upload, one processor (taskset).
Everything happens on loopback, in a directory of its own under --dir, which is also the disk that is measured.
`;
}
