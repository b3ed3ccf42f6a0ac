import { inspectionOf } from '#libs/inspection/formats/inspection-result.js';
import { InvalidRequest } from '#libs/platform/errors/common.errors.js';
import { Real } from '#libs/platform/plist/plist-value.js';
import { plistFromJson } from './json-plist.js';
import { type KnownPackage, pkginfoOf, type WantedPkginfo } from './pkginfo-of.js';

const wanted: WantedPkginfo = { name: undefined, catalogs: ['testing'], overrides: new Map(), madeBy: 'ODS', madeAt: new Date(0) };
const pkg: KnownPackage = {
  ...{ filename: 'Demo-1.2.pkg', size: 2_049, sha256: 'a'.repeat(64) },
  inspection: inspectionOf({
    ...{ kind: 'product_archive', title: 'Démo App', version: '1.2.3', min_os: '11.0', architectures: ['arm64', 'x86_64', 'i386'] },
    ...{ install_kb: 77, restart: true },
    packages: [
      { identifier: 'com.example.demo', version: '1.2.3', install_location: '/', bundles: [] },
      { identifier: 'com.example.demo.help', version: null, install_location: null, bundles: [] },
    ],
  }),
};

describe('a pkginfo', () => {
  it('says what the package says of itself', () => {
    const { dict, name, version, missing } = pkginfoOf(pkg, wanted);
    expect([name, version, missing]).toEqual(['Demo App', '1.2.3', []]);
    expect(Object.fromEntries(dict)).toEqual({
      ...{ name: 'Demo App', display_name: 'Démo App', version: '1.2.3', catalogs: ['testing'], autoremove: false },
      ...{ installer_item_location: 'share/Demo-1.2.pkg', installer_item_hash: 'a'.repeat(64), installer_item_size: 3 },
      receipts: [
        new Map([
          ['packageid', 'com.example.demo'],
          ['version', '1.2.3'],
        ]),
        new Map([['packageid', 'com.example.demo.help']]),
      ],
      ...{ minimum_os_version: '11.0', supported_architectures: ['arm64', 'x86_64'], installed_size: 77, RestartAction: 'RequireRestart' },
      ...{ uninstallable: true, uninstall_method: 'removepackages' },
      _metadata: expect.any(Map),
    });
  });

  const image = inspectionOf({ kind: 'dmg', title: 'Demo', version: '7', min_os: '12.0' });
  const application = { kind: 'application', path: 'Tools/Demo.app', identifier: 'com.example.demo', version: '7' } as const;
  const components = ['com.example.demo', 'com.example.core'].map((identifier) => ({
    ...{ identifier, version: '7', install_location: null, bundles: [] },
  }));

  it('of a disk image with an application has it copied, and says how it is found again', () => {
    const { dict, missing } = pkginfoOf({ ...pkg, inspection: { ...image, packages: components, inside: [application] } }, wanted);
    expect(Object.fromEntries(dict)).toMatchObject({
      ...{ installer_type: 'copy_from_dmg', uninstallable: true, uninstall_method: 'remove_copied_items', minimum_os_version: '12.0' },
      items_to_copy: [
        new Map([
          ['source_item', 'Tools/Demo.app'],
          ['destination_path', '/Applications'],
        ]),
      ],
      installs: [
        new Map([
          ['type', 'application'],
          ['CFBundleIdentifier', 'com.example.demo'],
          ['CFBundleShortVersionString', '7'],
          ['version_comparison_key', 'CFBundleShortVersionString'],
          ['path', '/Applications/Demo.app'],
        ]),
      ],
    });
    expect(dict.has('receipts')).toBe(false);
    expect(missing).toEqual([]);
  });

  it('of a disk image whose application names no version looks whether it is there', () => {
    const inside = [{ ...application, version: null }];
    expect(pkginfoOf({ ...pkg, inspection: { ...image, inside } }, wanted).dict.get('installs')).toEqual([
      new Map([
        ['type', 'file'],
        ['path', '/Applications/Demo.app'],
      ]),
    ]);
  });

  it('of a disk image with a package names it and its receipts, and says what else there is', () => {
    const inside = [{ kind: 'package', path: 'Install.pkg', identifier: 'com.example.core', version: '7' } as const, application];
    const { dict, missing } = pkginfoOf({ ...pkg, inspection: { ...image, packages: components, inside } }, wanted);
    expect(dict.get('package_path')).toBe('Install.pkg');
    expect(dict.has('installer_type')).toBe(false);
    expect(dict.get('receipts')).toEqual([
      new Map([
        ['packageid', 'com.example.core'],
        ['version', '7'],
      ]),
    ]);
    expect(missing).toEqual(['The disk image also has Tools/Demo.app: Munki installs only Install.pkg.']);
  });

  it.each<[string, Partial<KnownPackage>, string, string, number]>([
    ['of a kind that is not read', { inspection: null }, 'Demo', '1.2', 1],
    ['of a disk image', { inspection: inspectionOf({ kind: 'dmg', version: '7' }) }, 'Demo', '7', 1],
    ['without any version', { inspection: null, filename: 'Demo.bin' }, 'Demo.bin', '1.0', 2],
    [
      'whose title has no plain letter',
      { inspection: inspectionOf({ kind: 'dmg', title: '文書', version: '2' }), filename: '文書-2.dmg' },
      'Item',
      '2',
      1,
    ],
  ])('%s has what is known, and says what is missing', (_what, change, name, version, faults) => {
    const made = pkginfoOf({ ...pkg, ...change }, wanted);
    expect([made.name, made.version, made.missing.length]).toEqual([name, version, faults]);
    expect(made.dict.has('receipts')).toBe(false);
  });

  it('takes the keys of its author over its own, and leaves out those that are null', () => {
    const overrides = plistFromJson({ version: '9', installs: [{ path: '/x', n: 1.5 }], display_name: null }, '/overrides');
    const made = pkginfoOf({ ...pkg, inspection: null }, { ...wanted, name: 'Mine', overrides });
    expect([made.name, made.version, made.missing, made.dict.has('display_name')]).toEqual(['Mine', '9', [], false]);
    const installs = made.dict.get('installs') as Map<string, unknown>[];
    expect(installs[0]).toEqual(
      new Map<string, unknown>([
        ['path', '/x'],
        ['n', new Real(1.5)],
      ]),
    );
  });

  it.each([
    [{ a: { b: null } }, '/overrides/a'],
    [{ a: [null] }, '/overrides/a'],
    [{ 'a/b': { $date: 'today' } }, '/overrides/a~1b'],
  ])('refuses JSON that no property list can have: %j', (json, pointer) => {
    try {
      plistFromJson(json, '/overrides');
      throw new Error('It was taken.');
    } catch (error) {
      expect(error).toBeInstanceOf(InvalidRequest);
      expect(JSON.stringify(error)).toContain(pointer);
    }
  });
});
