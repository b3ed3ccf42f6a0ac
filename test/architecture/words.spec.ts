import { filesIn, textOf } from './import-graph.js';

// Plain words of the field, so that a text can be searched for and read once (docs/glossary.md).

const BANNED = /\b(?:told|tells?|wish(?:es)?|ow(?:e|es|ed)|somebody|nobody|pok(?:e|es|ed)|lately|heard of|by itself)\b/i;

/** Where such a word has to stay, with the reason. */
const exceptions: readonly (readonly [file: RegExp, text: RegExp])[] = [
  [/./, /told_up_to|'registration\.tell-peer'/], // names that databases hold
  [/^docs\/glossary\.md$/, /./], // names the words that are not used
];

const files = [
  ...['libs', 'apps', 'tools'].flatMap((folder) => filesIn(folder, /\.(?:ts|mjs|html|md)$/)),
  ...filesIn('docs', /\.md$/).filter((file) => !file.startsWith('docs/adr/')),
  ...['README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md', 'SECURITY.md', 'RELEASING.md'],
].filter((file) => !file.startsWith('libs/api-client/'));

describe('the words of the project', () => {
  it('are those of the field', () => {
    expect(files.length).toBeGreaterThan(500);
    const found = files.flatMap((file) =>
      textOf(file)
        .split('\n')
        .flatMap((line, index) => {
          const isExcepted = exceptions.some(([where, what]) => where.test(file) && what.test(line));
          return BANNED.test(line) && !isExcepted ? [`${file}:${index + 1}: ${line.trim()}`] : [];
        }),
    );
    expect(found).toEqual([]);
  });
});
