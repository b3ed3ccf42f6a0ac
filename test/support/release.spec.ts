import { readChange, releaseIn } from '../../tools/run/release.mjs';

describe('a release', () => {
  it('moves changes into the changelog, grouped, above the releases before', () => {
    const changes = [readChange('b.md', 'Fixed\nTwo\nlines.\n'), readChange('a.md', 'Added\nOne.\n')];
    expect(releaseIn('# Changelog\n\n## Unreleased\n\n- Early.\n\n## 0.1.0 (2026-01-01)\n', '0.2.0', '2026-02-03', changes)).toBe(
      '# Changelog\n\n## Unreleased\n\n## 0.2.0 (2026-02-03)\n\n### Added\n\n- One.\n\n### Fixed\n\n- Two lines.\n\n- Early.\n\n## 0.1.0 (2026-01-01)\n',
    );
  });

  it('refuses a change without a section, one that says nothing, and a changelog that has no place for it', () => {
    expect(() => readChange('x.md', 'New\nText.')).toThrow('changes/x.md must begin with one of Added, Changed');
    expect(() => readChange('x.md', 'Added\n')).toThrow('says nothing');
    expect(() => releaseIn('# Changelog\n', '0.2.0', '2026-02-03', [])).toThrow('no section');
  });
});
