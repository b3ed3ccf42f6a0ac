import fc from 'fast-check';
import { checkEntryName, checkFilename, checkMunkiPath, filenameKey, InvalidFilename } from './filename.js';

/** Every character that has another case or another normal form. */
const characters = Array.from({ length: 0x11_0000 }, (_, code) => code)
  .filter((code) => code < 0xd800 || code > 0xdfff)
  .map((code) => String.fromCodePoint(code))
  .filter((sign) => [sign.toUpperCase(), sign.toLowerCase(), sign.normalize('NFD'), sign.normalize('NFC')].some((form) => form !== sign));

describe('checkFilename', () => {
  it.each([
    'NoMAD.pkg',
    'a',
    'Firefox 131.0 (arm64).dmg',
    'C++ Redistributable %2B + 100% [x64] {1}.msi',
    'Büro – Übersicht №5.pkg',
    '日本語.pkg',
    '🎉.dmg',
    'console.pkg', // begins like a device
    'COM10.pkg',
    'archive.tar.gz',
    "it's;fine,really=&~#@!$.pkg",
    'é'.repeat(127),
    'مثبّت ۱۲.pkg', // Arabic, from right to left
    'می\u200cخواهم.pkg', // Persian: two words joined by a zero width non-joiner
    'תוכנה 3.dmg', // Hebrew
    'क्\u200dष इंस्टॉलर.pkg', // Devanagari with a zero width joiner
    'ක්\u200dරම.msi', // Sinhala
    'நிறுவி.pkg', // Tamil
    'โปรแกรม.pkg', // Thai, with combining vowels
    '👩🏽\u200d💻 👨\u200d👩\u200d👧.dmg', // emoji sequences
    '🏳️\u200d🌈.dmg',
    '🏴\u{e0067}\u{e0062}\u{e0073}\u{e0063}\u{e0074}\u{e007f}.pkg', // the flag of Scotland
    'a\u0323\u0307\u0301\u0316.pkg'.normalize('NFC'), // several combining marks
    '\u0600١٢.pkg', // Arabic number sign
    '𠮷野家 ㍿.pkg', // beyond the basic plane
  ])('takes %j as it is', (name) => {
    expect(checkFilename(name)).toBe(name);
  });

  it('answers NFC, so that a name typed on macOS is the name typed on Windows', () => {
    expect(checkFilename('Bu\u0308ro.pkg')).toBe('B\u00fcro.pkg');
  });

  it.each([
    ['', /empty/],
    ['a/b.pkg', /must not contain/],
    ['..\\b.pkg', /must not contain/],
    ['C:evil.pkg', /must not contain/],
    ['what?.pkg', /must not contain/],
    ['*.pkg', /must not contain/],
    ['a"b', /must not contain/],
    ['a<b', /must not contain/],
    ['a>b', /must not contain/],
    ['a|b', /must not contain/],
    ['.', /begin with a dot/],
    ['..', /begin with a dot/],
    ['.DS_Store', /begin with a dot/],
    ['a.pkg.', /end with a dot or a space/],
    ['a.pkg ', /end with a dot or a space/],
    [' a.pkg', /begin with a space/],
    ['a\0.pkg', /control/],
    ['a\nb.pkg', /control/],
    ['a\u007f', /control/],
    ['a\u0085', /control/],
    ['gpj\u202egkp.exe', /invisible/],
    ['\ufeffa.pkg', /invisible character U\+FEFF/],
    ['a\u200db.pkg', /invisible character U\+200D/], // joins nothing
    ['a\u200d', /U\+200D/],
    ['می\u200c.pkg', /U\+200C/],
    ['👩\u200d\u200d💻.dmg', /U\+200D/],
    ['\u200fعربي.pkg', /U\+200F/],
    ['a\u2066b\u2069.pkg', /U\+2066/],
    ['soft\u00adhyphen.pkg', /U\+00AD/],
    ['\u{e0041}\u{e007f}.pkg', /U\+E0041/], // tags without a flag
    ['a\tb.pkg', /control character U\+0009/],
    ['a\u2028b.pkg', /control character U\+2028/],
    ['1/2.pkg', /it has \//],
    ['CON', /device/],
    ['nul.txt', /device/],
    ['Com1.pkg', /device/],
    ['LPT\u00b9', /device/],
    ['aux .pkg', /device/],
    ['CONIN$', /device/],
    ['\ud800.pkg', /Unicode/],
    ['x'.repeat(256), /longer than 255 bytes/],
    ['é'.repeat(128), /longer than 255 bytes/],
  ])('refuses %j and says why', (name, reason) => {
    expect(() => checkFilename(name)).toThrow(InvalidFilename);
    expect(() => checkFilename(name)).toThrow(reason);
  });

  it('never changes a name that it takes a second time', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (name) => {
        let taken: string;
        try {
          taken = checkFilename(name);
        } catch (error) {
          return expect(error).toBeInstanceOf(InvalidFilename);
        }
        expect(checkFilename(taken)).toBe(taken);
        expect(taken).toBe(name.normalize('NFC'));
        expect(taken).not.toMatch(/[/\\\0]/);
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('checkMunkiPath', () => {
  it.each([
    'manifests/site_default',
    'pkgsinfo/apps/Firefox-120.plist',
    'pkgs/e\u0301.pkg',
    'icons/_icon_hashes.plist',
    'client_resources/custom.zip',
  ])('%s is a path', (path) => expect(checkMunkiPath(path)).toBe(path.normalize('NFC')));

  it.each([
    ['catalogs/all', 'first of them one of'],
    ['pkgs', '2 to 10 parts'],
    ['pkgs/', 'is empty'],
    ['/pkgs/a', 'one of'],
    ['pkgs//a', 'is empty'],
    ['pkgs/../pkgsinfo/a', 'begin with a dot'],
    ['pkgs/.DS_Store', 'begin with a dot'],
    ['pkgs/a\\b', 'must not contain'],
    ['PKGS/a', 'one of'],
    ['pkgs/Share/a.pkg', 'upload the file as a package'],
    [`pkgs/${'a/'.repeat(9)}a`, '2 to 10 parts'],
    [`pkgs/${'a'.repeat(245)}`, 'longer than 249 bytes'],
  ])('%s is none', (path, reason) => expect(() => checkMunkiPath(path)).toThrow(reason));

  it('is what names of the Munki repository have; all others are filenames', () => {
    expect(checkEntryName('munki/pkgs/a.pkg')).toBe('munki/pkgs/a.pkg');
    expect(checkEntryName('munki.pkg')).toBe('munki.pkg');
    for (const name of ['munki/a.pkg', 'Munki/pkgs/a.pkg', 'other/pkgs/a.pkg', 'munki/catalogs/all'])
      expect(() => checkEntryName(name)).toThrow();
  });
});

describe('filenameKey', () => {
  it.each([
    ['NoMAD.pkg', 'nomad.PKG'],
    ['B\u00fcro', 'BU\u0308RO'],
    ['STRASSE.pkg', 'straße.pkg'],
    ['STRAẞE.pkg', 'straße.pkg'],
    ['ΟΔΟΣ.pkg', 'οδος.pkg'],
    ['ΟΔΟΣ', 'οδοσ'],
  ])('is the same for %s and %s', (one, other) => {
    expect(filenameKey(one)).toBe(filenameKey(other));
  });

  it('distinguishes names that are not the same', () => {
    expect(new Set(['a.pkg', 'b.pkg', 'a.pk', 'á.pkg', 'a .pkg'].map(filenameKey)).size).toBe(5);
  });

  it('has no letter of which upper and lower case, composed and decomposed form differ, or that changes when keyed twice', () => {
    expect(characters.length).toBeGreaterThan(10_000);
    const odd = characters.filter((sign) => {
      const text = `a${sign}b`;
      const key = filenameKey(text);
      const others = [text.toUpperCase(), text.toLowerCase(), text.normalize('NFD'), text.normalize('NFC'), key];
      return others.some((other) => filenameKey(other) !== key);
    });
    expect(odd).toEqual([]);
  });

  it('fits its column for every name that is allowed', () => {
    const lengths = characters.map((sign) => {
      const normal = sign.normalize('NFC');
      return filenameKey(normal.repeat(Math.floor(255 / Buffer.byteLength(normal)))).length;
    });
    expect(Math.max(255, ...new Set(lengths))).toBeLessThanOrEqual(510);
  });
});
