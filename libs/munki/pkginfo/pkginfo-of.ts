import type { InsideFacts, Inspection } from '#libs/inspection/formats/inspection-result.js';
import { titleOf } from '#libs/inspection/formats/title-of.js';
import type { PlistDict, PlistValue } from '#libs/platform/plist/plist-value.js';

/** A package of the share, and what was read in it; null when it is of a kind that is not read. */
export interface KnownPackage {
  readonly filename: string;
  /** Bytes. */
  readonly size: number;
  readonly sha256: string;
  readonly inspection: Inspection | null;
}

export interface WantedPkginfo {
  /** The item's name; the title of the package without it. */
  readonly name: string | undefined;
  readonly catalogs: readonly string[];
  /** Goes over what was made, key by key; null takes a key away. */
  readonly overrides: ReadonlyMap<string, PlistValue | null>;
  readonly madeBy: string;
  readonly madeAt: Date;
}

export interface MadePkginfo {
  readonly name: string;
  readonly version: string;
  readonly dict: PlistDict;
  /** What Munki needs and the package does not say, in sentences. */
  readonly missing: readonly string[];
}

/** Kinds that the macOS installer takes. */
const installerKinds: readonly string[] = ['product_archive', 'component_package'];

/** Names of items are typed into manifests: letters, digits and a few signs. */
const plainName = (title: string): string =>
  title
    .normalize('NFKD')
    .replace(/[^A-Za-z0-9._ -]+/g, '')
    .replace(/\s+/g, ' ')
    .trim();

type Entry = [string, PlistValue];
const when = (isSo: boolean, ...entries: Entry[]): Entry[] => (isSo ? entries : []);

const receiptsOf = (packages: Inspection['packages']): PlistDict[] =>
  packages.map(
    ({ identifier, version }) => new Map([['packageid', identifier], ...(version === null ? [] : [['version', version] as const])]),
  );

/** Where it runs (Munki's pkginfo keys). */
function systemKeys({ min_os: minOs, architectures }: Inspection): Entry[] {
  const known = architectures.filter((name) => name === 'arm64' || name === 'x86_64');
  return [...when(minOs !== null, ['minimum_os_version', minOs!]), ...when(known.length > 0, ['supported_architectures', known])];
}

/** What a package for the macOS installer says. */
function installerKeys(inspection: Inspection): Entry[] {
  const { install_kb: installed, restart, packages, inside } = inspection;
  const applications = new Set(inside.filter(({ kind }) => kind === 'application').map(({ identifier }) => identifier));
  const receipts = packages.filter(({ identifier }) => !applications.has(identifier));
  return [
    ...when(receipts.length > 0, ['receipts', receiptsOf(receipts)]),
    ...systemKeys(inspection),
    ...when(installed !== null, ['installed_size', installed!]),
    ...when(restart, ['RestartAction', 'RequireRestart']),
    ['uninstallable', receipts.length > 0],
    ...when(receipts.length > 0, ['uninstall_method', 'removepackages']),
  ];
}

/** An application that is copied from a disk image. Its presence is proof enough where it names no version. */
function copyKeys(inspection: Inspection, { path, identifier, version }: InsideFacts): Entry[] {
  const place = `/Applications/${path.split('/').at(-1)!}`;
  const proof = new Map<string, PlistValue>(
    identifier === null || version === null
      ? [['type', 'file']]
      : [
          ['type', 'application'],
          ['CFBundleIdentifier', identifier],
          ['CFBundleShortVersionString', version],
          ['version_comparison_key', 'CFBundleShortVersionString'],
        ],
  );
  const item = new Map([
    ['source_item', path],
    ['destination_path', '/Applications'],
  ]);
  return [
    ['installer_type', 'copy_from_dmg'],
    ['items_to_copy', [item]],
    ['installs', [proof.set('path', place)]],
    ...systemKeys(inspection),
    ['uninstallable', true],
    ['uninstall_method', 'remove_copied_items'],
  ];
}

function kindKeys(inspection: Inspection | null): Entry[] {
  if (!inspection) return [];
  if (installerKinds.includes(inspection.kind)) return installerKeys(inspection);
  const [main] = inspection.inside;
  if (!main) return [];
  return main.kind === 'application' ? copyKeys(inspection, main) : [['package_path', main.path], ...installerKeys(inspection)];
}

/** A pkginfo for a package that is in the share: it names the package there, so that its bytes are on disk once. */
export function pkginfoOf({ filename, size, sha256, inspection }: KnownPackage, wanted: WantedPkginfo): MadePkginfo {
  const named = titleOf(filename);
  const title = inspection?.title ?? named.title;
  const name = wanted.name ?? (plainName(title) || plainName(named.title) || 'Item');
  const version = inspection?.version ?? named.version ?? '1.0';
  const dict: PlistDict = new Map<string, PlistValue>([
    ['name', name],
    ['display_name', title],
    ['version', version],
    ['catalogs', [...wanted.catalogs]],
    ['installer_item_location', `share/${filename}`],
    ['installer_item_hash', sha256],
    ['installer_item_size', Math.ceil(size / 1_024)],
    ['autoremove', false],
    ...kindKeys(inspection),
    [
      '_metadata',
      new Map<string, PlistValue>([
        ['created_by', wanted.madeBy],
        ['creation_date', wanted.madeAt],
        ['munki_version', 'ODS'],
      ]),
    ],
  ]);
  for (const [key, value] of wanted.overrides) {
    if (value === null) dict.delete(key);
    else dict.set(key, value);
  }
  const textOf = (key: string, other: string): string => {
    const value = dict.get(key);
    return typeof value === 'string' && value !== '' ? value : other;
  };
  return { name: textOf('name', name), version: textOf('version', version), dict, missing: missingIn(dict, { inspection, named }) };
}

function missingIn(dict: PlistDict, { inspection, named }: { inspection: Inspection | null; named: { version: string | null } }): string[] {
  const hasProof = ['receipts', 'installs', 'installcheck_script', 'version_script'].some((key) => dict.has(key));
  const others = inspection?.inside.slice(1).map(({ path }) => path) ?? [];
  const hasVersion = inspection?.version != null || named.version !== null;
  return [
    ...(hasProof
      ? []
      : ['The package does not say how Munki can see that it is installed: add an installs array or an installcheck_script.']),
    ...(others.length === 0 ? [] : [`The disk image also has ${others.join(', ')}: Munki installs only ${inspection!.inside[0]!.path}.`]),
    ...(hasVersion ? [] : ['The version is not known: 1.0 was taken. Set version.']),
  ];
}
