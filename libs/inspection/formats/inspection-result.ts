import type { SignatureState } from '#libs/packages/titles/signature-state.js';

export const packageKinds = ['product_archive', 'component_package', 'dmg', 'app_zip', 'msi', 'deb', 'rpm', 'exe'] as const;
export type PackageKind = (typeof packageKinds)[number];

export interface ChainLink {
  readonly cn: string | null;
  readonly sha256: string;
}

export interface Signature {
  readonly state: SignatureState;
  readonly common_name: string | null;
  /** The ten characters by which Apple names a developer's team. */
  readonly team_id: string | null;
  /** ISO 8601: the end of the signer's certificate. */
  readonly not_after: string | null;
  readonly chain: readonly ChainLink[];
  /** The chain ends in a root certificate of Apple. */
  readonly apple_anchor: boolean;
}

export interface BundleFacts {
  readonly id: string;
  readonly version: string | null;
}

export interface ComponentFacts {
  readonly identifier: string;
  readonly version: string | null;
  readonly install_location: string | null;
  readonly bundles: readonly BundleFacts[];
}

export const insideKinds = ['application', 'package'] as const;
export type InsideKind = (typeof insideKinds)[number];

/** What a disk image brings. */
export interface InsideFacts {
  readonly kind: InsideKind;
  /** From the top of its volume. */
  readonly path: string;
  readonly identifier: string | null;
  /** Of an application its CFBundleShortVersionString. */
  readonly version: string | null;
}

export const diskImagePackings = ['none', 'adc', 'zlib', 'bzip2', 'lzfse', 'lzma'] as const;
export type DiskImagePacking = (typeof diskImagePackings)[number];
export const diskImageFileSystems = ['APFS', 'HFS+', 'FAT'] as const;
export type DiskImageFileSystem = (typeof diskImageFileSystems)[number];

/** How a disk image is made. */
export interface DiskImageFacts {
  /** Null when its table does not say. */
  readonly packing: DiskImagePacking | null;
  /** Null for one that it does not name, or another. */
  readonly file_system: DiskImageFileSystem | null;
  /** It asks whoever opens it to agree to a licence, which stops tools that do not answer. */
  readonly has_licence: boolean;
}

/** What one file says of itself. Nothing of it is proved but a signature that is `valid`. */
export interface Inspection {
  readonly kind: PackageKind;
  readonly title: string | null;
  readonly title_key: string | null;
  readonly version: string | null;
  readonly vendor: string | null;
  readonly min_os: string | null;
  readonly architectures: readonly string[];
  readonly install_kb: number | null;
  readonly restart: boolean;
  readonly packages: readonly ComponentFacts[];
  /** Applications and packages at the top of a disk image, the one that it is for first. */
  readonly inside: readonly InsideFacts[];
  /** Null for what is no disk image. */
  readonly disk_image: DiskImageFacts | null;
  readonly has_scripts: boolean;
  readonly signature: Signature;
  /** A notarization ticket is attached; only Apple can say whether it holds. */
  readonly stapled: boolean;
  readonly warnings: readonly string[];
}

export const unsigned: Signature = { state: 'unsigned', common_name: null, team_id: null, not_after: null, chain: [], apple_anchor: false };

/** An inspection with nothing known but what is given. */
export const inspectionOf = (known: Pick<Inspection, 'kind'> & Partial<Inspection>): Inspection => ({
  ...{ title: null, title_key: null, version: null, vendor: null, min_os: null, architectures: [], install_kb: null },
  ...{ restart: false, packages: [], inside: [], disk_image: null, has_scripts: false, signature: unsigned, stapled: false, warnings: [] },
  ...known,
});
