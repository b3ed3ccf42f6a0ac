import { ApiProperty } from '@nestjs/swagger';
import { inspectionStates, type InspectionState } from '#libs/entities/package-metadata.entity.js';
import { type SignatureState, signatureStates } from '#libs/packages/titles/signature-state.js';
import {
  type DiskImageFileSystem,
  diskImageFileSystems,
  type DiskImagePacking,
  diskImagePackings,
  type InsideKind,
  insideKinds,
  type PackageKind,
  packageKinds,
} from '../formats/inspection-result.js';
import type { Related } from '#libs/packages/titles/related-packages.js';
import { isSigned, type Signing } from '#libs/packages/titles/signer-change.js';
import { type VersionOrder, versionOrders } from '#libs/packages/titles/version-order.js';
import { stages, type Stage } from '#libs/replication/stage.js';
import type { Inspected } from '../inspection.service.js';
import { readStored } from '../metadata-of.js';

const text = { type: String, nullable: true } as const;

export class ChainLinkDto {
  @ApiProperty({ ...text, example: 'Developer ID Certification Authority' }) cn!: string | null;
  @ApiProperty({ example: '7afc9d01a62f03a2de9637936d4afe68090d2de18d03f29c88cfb0b1ba63587f', description: 'SHA-256 of the certificate.' })
  sha256!: string;
}

export class PackageSignatureDto {
  @ApiProperty({
    enum: signatureStates,
    example: 'valid',
    description:
      'valid: made by the first certificate of a chain that holds together. incomplete: the chain leads to no root. broken: it does not match the file. present: there is one, and servers do not verify this kind.',
  })
  state!: SignatureState;
  @ApiProperty({ ...text, example: 'Developer ID Installer: Example (ABCDE12345)' }) common_name!: string | null;
  @ApiProperty({ ...text, example: 'ABCDE12345' }) team_id!: string | null;
  @ApiProperty({ ...text, example: '2029-03-01T12:00:00.000Z', description: 'When the certificate of the signer ends.' })
  not_after!: string | null;
  @ApiProperty({ type: [ChainLinkDto] }) chain!: readonly ChainLinkDto[];
  @ApiProperty({ example: true, description: 'The chain ends in a root certificate of Apple.' }) apple_anchor!: boolean;
}

export class PackageBundleDto {
  @ApiProperty({ example: 'com.example.Demo' }) id!: string;
  @ApiProperty({ ...text, example: '1.2.3' }) version!: string | null;
}

export class PackageComponentDto {
  @ApiProperty({ example: 'com.example.demo' }) identifier!: string;
  @ApiProperty({ ...text, example: '1.2.3' }) version!: string | null;
  @ApiProperty({ ...text, example: '/Applications' }) install_location!: string | null;
  @ApiProperty({ type: [PackageBundleDto] }) bundles!: readonly PackageBundleDto[];
}

export class InsideDto {
  @ApiProperty({ enum: insideKinds, example: 'application' }) kind!: InsideKind;
  @ApiProperty({ example: 'Demo.app', description: 'From the top of the volume.' }) path!: string;
  @ApiProperty({ ...text, example: 'com.example.demo' }) identifier!: string | null;
  @ApiProperty({ ...text, example: '1.2.3' }) version!: string | null;
}

export class DiskImageDto {
  @ApiProperty({
    enum: diskImagePackings,
    nullable: true,
    example: 'lzfse',
    description: 'How it is compressed; null when that is not known.',
  })
  packing!: DiskImagePacking | null;
  @ApiProperty({ enum: diskImageFileSystems, nullable: true, example: 'APFS', description: 'Null for another one.' })
  file_system!: DiskImageFileSystem | null;
  @ApiProperty({ example: false, description: 'It asks whoever opens it to agree to a licence.' }) has_licence!: boolean;
}

export class InspectionDetailsDto {
  @ApiProperty({ enum: packageKinds, example: 'product_archive' }) kind!: PackageKind;
  @ApiProperty({ ...text, example: 'Demo App' }) title!: string | null;
  @ApiProperty({ ...text, example: 'com.example.demo', description: 'The same for all versions of a title.' }) title_key!: string | null;
  @ApiProperty({ ...text, example: '1.2.3' }) version!: string | null;
  @ApiProperty({ ...text, example: 'Example' }) vendor!: string | null;
  @ApiProperty({ ...text, example: '12.0' }) min_os!: string | null;
  @ApiProperty({ type: [String], example: ['x86_64', 'arm64'] }) architectures!: readonly string[];
  @ApiProperty({ type: Number, nullable: true, example: 51_200, description: 'Size when installed, in KiB.' }) install_kb!: number | null;
  @ApiProperty({ example: false, description: 'It asks for a restart.' }) restart!: boolean;
  @ApiProperty({ type: [PackageComponentDto] }) packages!: readonly PackageComponentDto[];
  @ApiProperty({
    type: [InsideDto],
    description: 'Applications and packages at the top of a disk image, the one that it is for first; empty for other kinds.',
  })
  inside!: readonly InsideDto[];
  @ApiProperty({ type: DiskImageDto, nullable: true, description: 'Of a disk image; null for other kinds.' })
  disk_image!: DiskImageDto | null;
  @ApiProperty({ example: true, description: 'It runs scripts when it is installed.' }) has_scripts!: boolean;
  @ApiProperty({ type: PackageSignatureDto }) signature!: PackageSignatureDto;
  @ApiProperty({ example: true, description: 'A notarization ticket is attached; only Apple can say whether it holds.' }) stapled!: boolean;
  @ApiProperty({ type: [String], example: [] }) warnings!: readonly string[];
}

export class SignerDto {
  @ApiProperty({
    example: true,
    description: 'It carries a signature that was not found wrong; that says nothing about whether it was verified.',
  })
  signed!: boolean;
  @ApiProperty({ ...text, example: 'Developer ID Installer: Example (ABCDE12345)' }) signer!: string | null;
  @ApiProperty({ ...text, example: 'ABCDE12345' }) team_id!: string | null;

  static from(signing: Signing): SignerDto {
    return { signed: isSigned(signing) === true, signer: signing.signer, team_id: signing.teamId };
  }
}

export class RelatedPackageDto {
  @ApiProperty({ example: 'Demo-1.2.2.pkg' }) filename!: string;
  @ApiProperty({ enum: stages, example: 'Prod' }) stage!: Stage;
  @ApiProperty({ ...text, example: '1.2.2' }) version!: string | null;
  @ApiProperty({
    enum: versionOrders,
    example: 'older',
    description: 'What its version is beside that of this package. unknown: one has none, or they are not of numbers alone.',
  })
  order!: VersionOrder;
  @ApiProperty({ type: SignerDto }) signing!: SignerDto;
}

export class SignerChangeDto {
  @ApiProperty({ example: 'Demo-1.2.2.pkg', description: 'What it is compared with.' }) filename!: string;
  @ApiProperty({ type: String, enum: stages, nullable: true, example: 'Prod', description: 'Null when that one is not in force any more.' })
  stage!: Stage | null;
  @ApiProperty({ type: SignerDto }) was!: SignerDto;
  @ApiProperty({ type: SignerDto }) is!: SignerDto;
  @ApiProperty({ example: 'The signer changed. Demo-1.2.2.pkg (in Prod) is signed by …; Demo-1.2.3.pkg is not signed.' }) sentence!: string;
}

export class RelatedDto {
  @ApiProperty({
    type: [RelatedPackageDto],
    description: 'Other packages of the same title and kind on this server, at most 20, the newest first.',
  })
  packages!: RelatedPackageDto[];
  @ApiProperty({
    type: SignerChangeDto,
    nullable: true,
    description:
      'Compared with the newest earlier package of the title in Prod; where there is none, with all earlier ones that are known here.',
  })
  signer_change!: SignerChangeDto | null;

  static from({ packages, signerChange }: Related): RelatedDto {
    return {
      packages: packages.map(({ filename, stage, order, metadata }) => ({
        ...{ filename, stage, order, version: metadata.version },
        signing: SignerDto.from(metadata),
      })),
      signer_change: signerChange && {
        ...{ filename: signerChange.before.filename, stage: signerChange.before.stage, sentence: signerChange.sentence },
        was: SignerDto.from(signerChange.before.metadata),
        is: SignerDto.from(signerChange.now),
      },
    };
  }
}

export class InspectionDto {
  @ApiProperty({ example: 'Demo.pkg' }) filename!: string;
  @ApiProperty({ example: '28f7adde4f674873807a4c8c69b641d0' }) uuid!: string;
  @ApiProperty({
    enum: inspectionStates,
    example: 'done',
    description: 'waiting: not inspected here yet. damaged: this server could not read it, which says nothing about what it does.',
  })
  state!: InspectionState;
  @ApiProperty({ ...text, example: null, description: 'Why it could not be read.' }) reason!: string | null;
  @ApiProperty({ type: Number, nullable: true, example: 38, description: 'How long the inspection took, in milliseconds.' }) ms!:
    number | null;
  @ApiProperty({ type: InspectionDetailsDto, nullable: true, description: 'Null unless the state is done.' })
  details!: InspectionDetailsDto | null;
  @ApiProperty({ type: RelatedDto, nullable: true, description: 'Beside others of its title; null until it was inspected.' })
  related!: RelatedDto | null;

  static from({ row, metadata, related }: Inspected): InspectionDto {
    const { filename, uuid } = row;
    if (!metadata) return { filename, uuid, state: 'waiting', reason: null, ms: null, details: null, related: null };
    const stored = readStored(metadata.json);
    const [details, reason] = 'inspection' in stored ? [stored.inspection, null] : [null, stored.reason];
    return { filename, uuid, state: metadata.state, reason, ms: metadata.ms, details, related: related && RelatedDto.from(related) };
  }
}
