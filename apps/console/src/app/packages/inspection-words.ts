import type { DiskImageDto, InspectionDetailsDto, InspectionDto, PackageSignatureDto, RelatedPackageDto } from '#libs/api-client';
import type { ChipTone } from '../shared/chip';

export const kindWords: Readonly<Record<InspectionDetailsDto['kind'], string>> = {
  product_archive: $localize`macOS installer package`,
  component_package: $localize`macOS component package`,
  dmg: $localize`Disk image`,
  app_zip: $localize`Zip archive with an application`,
  msi: $localize`Windows installer (MSI)`,
  deb: $localize`Debian package`,
  rpm: $localize`RPM package`,
  exe: $localize`Windows program`,
};

const packingWords: Readonly<Record<NonNullable<DiskImageDto['packing']>, string>> = {
  none: $localize`not compressed`,
  adc: $localize`compressed with ADC`,
  zlib: $localize`compressed with zlib`,
  bzip2: $localize`compressed with bzip2`,
  lzfse: $localize`compressed with LZFSE`,
  lzma: $localize`compressed with LZMA`,
};

/** How a disk image is made: `APFS, compressed with LZFSE.` */
export function imageWords({ packing, file_system: fileSystem }: DiskImageDto): string {
  const known = [fileSystem ?? $localize`File system not known`, ...(packing === null ? [] : [packingWords[packing]])];
  return `${known.join(', ')}.`;
}

/** Why there is nothing to show. */
export const stateWords: Readonly<Record<Exclude<InspectionDto['state'], 'done'>, string>> = {
  waiting: $localize`Not inspected on this server yet. It usually is within a minute after it has arrived.`,
  unknown_kind: $localize`This kind of file is not inspected.`,
  refused: $localize`Reading it would take more memory or space than an inspection may use.`,
  damaged: $localize`This server could not read it. That says nothing about what the file does on a computer.`,
  timed_out: $localize`Reading it took too long.`,
};

const orderWords = (version: string): Readonly<Record<RelatedPackageDto['order'], string>> => ({
  older: $localize`older version ${version}`,
  newer: $localize`newer version ${version}`,
  same: $localize`same version ${version}`,
  unknown: $localize`version ${version}`,
});

/** `older version 1.2.2 is in Prod` */
export function relatedWords({ version, order, stage }: Pick<RelatedPackageDto, 'version' | 'order' | 'stage'>): string {
  return version === null ? $localize`is in ${stage}` : $localize`${orderWords(version)[order]} is in ${stage}`;
}

/** Of the versions beside it, those that a person wants to know of after an upload. */
const MOST_BESIDE = 3;

/** After an upload: which title and version it is, and which others of its title there are. */
export function uploadWords({ details, related }: Pick<InspectionDto, 'details' | 'related'>): string[] {
  if (!details) return [];
  const named = [details.title, details.version].filter((text) => text !== null).join(' ');
  const beside = related?.packages.slice(0, MOST_BESIDE).map((other) => `${other.filename}: ${relatedWords(other)}.`) ?? [];
  return [...(named === '' ? [] : [named]), ...beside];
}

interface SignatureWords {
  readonly tone: ChipTone;
  readonly text: string;
}

/** Who signed it, and how far that can be believed. Only the signature of a pkg is verified. */
export function signatureWords({ state, common_name: signer, apple_anchor: isApples }: PackageSignatureDto): SignatureWords {
  const who = signer ?? $localize`a signer without a name`;
  switch (state) {
    case 'unsigned':
      return { tone: 'plain', text: $localize`Not signed` };
    case 'broken':
      return { tone: 'bad', text: $localize`The signature does not match the file` };
    case 'present':
      return {
        tone: 'plain',
        text: signer === null ? $localize`Signed; not verified here` : $localize`Signed by ${who}; not verified here`,
      };
    case 'incomplete':
      return { tone: 'warn', text: $localize`Signed by ${who}, with a chain of certificates that is not complete` };
    case 'valid':
      return isApples
        ? { tone: 'good', text: $localize`Signed by ${who}, certified by Apple` }
        : { tone: 'warn', text: $localize`Signed by ${who}, not certified by Apple` };
  }
}
