import { filesIn, textOf } from './import-graph.js';

// What the documents for operators name is there, and all that they must name they name.

const sources = filesIn('libs', /\.ts$/).filter((file) => !/\.(?:spec|testing)\.ts$/.test(file) && !file.startsWith('libs/api-client/'));

describe('docs/operations/messages.md', () => {
  const page = textOf('docs/operations/messages.md');
  const documented = new Set([...page.matchAll(/`([a-z]+(?:-[a-z]+)+|failed|stalled|paused)`/g)].map(([, code]) => code));
  const codesIn = (pattern: RegExp): string[] =>
    [...new Set(sources.flatMap((file) => [...textOf(file).matchAll(pattern)].map(([, code]) => code!)))].sort();
  const problems = codesIn(/\bcode(?:: string)? = '([a-z-]+)'/g);
  const reasons = codesIn(/new FetchStopped\('([a-z-]+)'/g);

  it('has every code of a problem, and every reason of a transfer', () => {
    expect([problems.length > 60, reasons.length > 3]).toEqual([true, true]);
    expect([...problems, ...reasons].filter((code) => !documented.has(code))).toEqual([]);
  });

  it('has the status of each', () => {
    const statuses = sources.flatMap((file) => [
      ...textOf(file).matchAll(/\bcode = '([a-z-]+)';\s+(?:\/\*\*.*\*\/\s+)?readonly status = (\d+)/g),
    ]);
    const rows = page.split('\n').flatMap((line) => {
      const [, codes, numbers] = /^\| (`.*?) +\| ([\d, ]+?) +\|/.exec(line) ?? [];
      if (codes === undefined || numbers === undefined) return [];
      const list = numbers.split(', ');
      return (codes.match(/[a-z]+(?:-[a-z]+)*/g) ?? []).map((code, index) => `${code} ${list[index] ?? list[0]}`);
    });
    expect(rows.length).toBeGreaterThan(60);
    const known = new Set(statuses.map(([, code, status]) => `${code} ${status}`));
    expect(rows.filter((row) => !known.has(row))).toEqual([]);
  });

  it('has none that there is not', () => {
    const known = [...problems, ...reasons, 'disk-full', 'paused', 'outside-window', 'failed'];
    const rows = page.split('\n').flatMap((line) => /^\| (`.*?) \|/.exec(line)?.[1]?.match(/[a-z]+(?:-[a-z]+)*/g) ?? []);
    expect(rows.filter((code) => !known.includes(code))).toEqual([]);
  });
});

describe('docs/security.md', () => {
  it('names tests that there are', () => {
    const named = [...textOf('docs/security.md').matchAll(/`((?:test|libs)\/[\w/.-]+?)`/g)].map(([, file]) => file!);
    expect(named.length).toBeGreaterThan(20);
    const there = [...filesIn('test', /\.ts$/), ...sources, ...filesIn('libs', /\.spec\.ts$/)];
    expect(named.filter((file) => !there.includes(file))).toEqual([]);
  });
});

describe('docs/mesh.md', () => {
  const folders = ['libs', 'apps', 'test', 'tools'].flatMap((folder) => filesIn(folder, /\.(?:ts|mjs)$/));
  const cited = folders.flatMap((file) =>
    [...textOf(file).matchAll(/(?:MESH|docs\/mesh\.md) §(\d+)(?:\.(\d+))?/g)].map(([, section, item]) => ({
      file,
      section: section!,
      item,
    })),
  );
  const page = textOf('docs/mesh.md').split(/^## /m);
  const sectionOf = (number: string): string | undefined => page.find((text) => text.startsWith(`${number}. `));

  it('has each section that code and tests cite', () => {
    expect(cited.length).toBeGreaterThan(50);
    const wrong = cited.filter(({ section, item }) => {
      const text = sectionOf(section);
      return text === undefined || (item !== undefined && !new RegExp(`^${item}\\. `, 'm').test(text));
    });
    expect(wrong.map(({ file, section, item }) => `${file}: §${section}${item === undefined ? '' : `.${item}`}`)).toEqual([]);
  });
});
