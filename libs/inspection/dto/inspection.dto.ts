import { ApiProperty } from '@nestjs/swagger';
import { inspectionStates, type InspectionState } from '#libs/entities/package-metadata.entity.js';
import { type PackageKind, packageKinds, type SignatureState, signatureStates } from '../formats/inspection-result.js';
import type { Inspected } from '../inspection.service.js';
import type { Stored } from '../metadata-of.js';

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
  @ApiProperty({ example: true, description: 'It runs scripts when it is installed.' }) has_scripts!: boolean;
  @ApiProperty({ type: PackageSignatureDto }) signature!: PackageSignatureDto;
  @ApiProperty({ example: true, description: 'A notarization ticket is attached; only Apple can say whether it holds.' }) stapled!: boolean;
  @ApiProperty({ type: [String], example: [] }) warnings!: readonly string[];
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

  static from({ row, metadata }: Inspected): InspectionDto {
    const { filename, uuid } = row;
    if (!metadata) return { filename, uuid, state: 'waiting', reason: null, ms: null, details: null };
    const stored = JSON.parse(metadata.json) as Stored;
    const [details, reason] = 'inspection' in stored ? [stored.inspection, null] : [null, stored.reason];
    return { filename, uuid, state: metadata.state, reason, ms: metadata.ms, details };
  }
}
