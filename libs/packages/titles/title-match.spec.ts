import { fitsPattern } from './title-match.js';

describe('a pattern', () => {
  it.each([
    ['NoMAD.pkg', '*.pkg', true],
    ['NoMAD.PKG', 'nomad.pkg', true],
    ['NoMAD.pkg', '*', true],
    ['', '*', true],
    ['', '?', false],
    ['a.pkg', '?.pkg', true],
    ['ab.pkg', '?.pkg', false],
    ['a.b.c', 'a*b*c', true],
    ['a.b.c', 'a*c*b', false],
    ['x.pkgx', '*.pkg', false],
    ['[a].pkg', '[a].pkg', true],
    ['.', '(', false],
    ['Cafe\u0301.pkg', 'caf\u00e9*', true],
    ['🎉.pkg', '?.pkg', true],
  ])('%j fits %j: %s', (text, pattern, fits) => expect(fitsPattern(text, pattern)).toBe(fits));

  it('that is made to be slow is not', () => {
    const begun = process.cpuUsage();
    expect(fitsPattern('a'.repeat(255), `${'*a'.repeat(120)}*b`)).toBe(false);
    expect(process.cpuUsage(begun).user).toBeLessThan(500_000);
  });
});
