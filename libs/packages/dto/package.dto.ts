import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsIn, IsInt, IsOptional, IsString, Matches, Max, MaxLength, Min, ValidateIf } from 'class-validator';
import type { PackageMetadata } from '#libs/entities/package-metadata.entity.js';
import { type Package, packageStatuses, type PackageStatus } from '#libs/entities/package.entity.js';
import { filenameKey } from '../filename.js';
import { isoSeconds, unixSeconds } from '#libs/platform/format/dates.js';
import { humanBytes } from '#libs/platform/format/human-bytes.js';
import { BLOCK_HASH_BYTES, blockCount, blockHash } from '#libs/replication/blocks.js';
import { type CopiesState, copiesStateOf, copiesStates } from '#libs/replication/copies.js';
import { stages, type Stage } from '#libs/replication/stage.js';
import { type AddressKind, addressKinds } from '../package-finder.js';
import { type PackageFilter, sortColumns } from '../package-list.repository.js';
import type { KnownFacts } from '../titles/package-facts.js';
import { isSigned } from '../titles/signer-change.js';

const stageMessage = `stage must be one of ${stages.join(', ')}`;
const unknown: KnownFacts = { copies: null, metadata: null };
const text = { type: String, nullable: true } as const;
const read = 'Null while it is not known on this server, and in answers to changes.';
const sorts = Object.keys(sortColumns).flatMap((field) => [field, `-${field}`]);

export class PackageDto {
  @ApiProperty({ example: '2017-11-11T03:15:54' }) created!: string;
  @ApiProperty({ example: 1510370154 }) created_ts!: number;
  @ApiProperty({ example: 3438044, description: 'Bytes.' }) file_size!: number;
  @ApiProperty({ example: '3.3 MB' }) file_size_hr!: string;
  @ApiProperty({ example: 'NoMAD.pkg' }) filename!: string;
  @ApiProperty({ example: 1 }) id!: number;
  @ApiProperty({ example: '3fab53c6f12e3d4621b17f728e9b3c522bb90816' }) sha1!: string;
  @ApiProperty({ example: 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855' }) sha256!: string;
  @ApiProperty({ enum: stages, example: 'Prod' }) stage!: Stage;
  @ApiProperty({ enum: packageStatuses, example: 'Public' }) status!: PackageStatus;
  @ApiProperty({ example: '28f7adde4f674873807a4c8c69b641d0' }) uuid!: string;
  @ApiProperty({ type: String, nullable: true, example: 'Approved by the security team' }) notes!: string | null;
  @ApiProperty({ example: 'e7becdda9a9046f6a78f69ef591e9835', description: 'ISS ID of the server this content was uploaded to.' })
  origin!: string;
  @ApiProperty({ example: 1510370200, description: 'Unix time of the last change of this entry on this server.' }) updated_ts!: number;
  @ApiProperty({
    example: false,
    description: 'The content of this entry is not here yet; an earlier one is served under the name until it is here and verified.',
  })
  replacement_pending!: boolean;
  @ApiProperty({
    type: String,
    nullable: true,
    example: '28f7adde4f674873807a4c8c69b641d0',
    description: 'The content that downloads get; null when there is none.',
  })
  served_uuid!: string | null;
  @ApiProperty({ example: 4, description: 'Blocks of 1 MiB.' }) chunk_count!: number;

  @ApiProperty({
    type: Number,
    nullable: true,
    example: 3,
    description: 'Verified copies in the mesh, as counted last. Null while they are not counted, and in answers to changes.',
  })
  copies!: number | null;
  @ApiProperty({ enum: copiesStates, example: 'several', description: 'none and one need attention.' }) copies_state!: CopiesState;
  @ApiProperty({
    ...text,
    example: 'Demo App',
    description: `What the file calls itself, or else its filename without the version. ${read}`,
  })
  title!: string | null;
  @ApiProperty({ ...text, example: 'com.example.demo', description: `The same for all versions of a title. ${read}` })
  title_key!: string | null;
  @ApiProperty({ ...text, example: '1.2.3', description: read }) version!: string | null;
  @ApiProperty({
    ...text,
    example: 'Developer ID Installer: Example (ABCDE12345)',
    description: `The name in the signature; its inspection says whether that was verified. ${read}`,
  })
  signer!: string | null;
  @ApiProperty({ ...text, example: 'ABCDE12345', description: `The team of the signer, as Apple numbers them. ${read}` })
  team_id!: string | null;
  @ApiProperty({
    type: Boolean,
    nullable: true,
    example: true,
    description: `true: it carries a signature, verified or not. false: it carries none, or one that does not match the file. ${read}`,
  })
  signed!: boolean | null;

  static from(row: Package, { copies, metadata }: KnownFacts = unknown): PackageDto {
    return {
      created: isoSeconds(row.createdMs),
      created_ts: unixSeconds(row.createdMs),
      file_size: row.size,
      file_size_hr: humanBytes(row.size),
      filename: row.filename,
      id: row.id,
      sha1: row.sha1,
      sha256: row.sha256,
      stage: row.stage,
      status: row.status,
      uuid: row.uuid,
      notes: row.notes,
      origin: row.originIss,
      updated_ts: unixSeconds(row.updatedMs),
      replacement_pending: row.servedUuid !== null && row.servedUuid !== row.uuid,
      served_uuid: row.servedUuid,
      copies,
      copies_state: copiesStateOf(copies),
      chunk_count: blockCount(row.size),
      ...readFields(metadata),
    };
  }
}

type ReadFields = Pick<PackageDto, 'title' | 'title_key' | 'version' | 'signer' | 'team_id' | 'signed'>;

function readFields(metadata: PackageMetadata | null): ReadFields {
  if (!metadata) return { title: null, title_key: null, version: null, signer: null, team_id: null, signed: null };
  const { title, titleKey, version, signer, teamId } = metadata;
  return { title, title_key: titleKey, version, signer, team_id: teamId, signed: isSigned(metadata) };
}

export class ChunkDto {
  @ApiProperty({ example: 0 }) index!: number;
  @ApiProperty({ example: 'f34fef9be0364d92424106c19596d3fcd1676635' }) sha1!: string;
}

export class PackageDetailDto extends PackageDto {
  @ApiProperty({ type: [ChunkDto], description: 'The SHA-1 of each 1 MiB block; empty while the chunk list is not on this server yet.' })
  chunks!: ChunkDto[];

  static withChunks(row: Package, manifest: Buffer | null, known: KnownFacts): PackageDetailDto {
    const count = (manifest?.length ?? 0) / BLOCK_HASH_BYTES;
    const chunks = Array.from({ length: count }, (_, index) => ({ index, sha1: blockHash(manifest!, index).toString('hex') }));
    return { ...PackageDto.from(row, known), chunks };
  }
}

export class PackageListDto {
  @ApiProperty({ type: [PackageDto] }) items!: PackageDto[];
  @ApiProperty({ example: 1, description: 'Packages that fit the filter, on all pages.' }) total!: number;
  @ApiProperty({
    type: String,
    nullable: true,
    example: null,
    description: 'Send it as `cursor` to get the next page; null on the last one.',
  })
  next!: string | null;
}

export class ListPackagesDto {
  @ApiPropertyOptional({ example: 'NoMAD.pkg', description: 'Exactly this name, in any case.' })
  @IsOptional()
  @IsString()
  @MaxLength(255)
  filename?: string;
  @ApiPropertyOptional({ enum: stages }) @IsOptional() @IsIn(stages, { message: stageMessage }) stage?: Stage;
  @ApiPropertyOptional({ enum: packageStatuses }) @IsOptional() @IsIn(packageStatuses) status?: PackageStatus;
  @ApiPropertyOptional({ example: 'nomad', description: 'Part of the name or of the title.' })
  @IsOptional()
  @IsString()
  @MaxLength(255)
  q?: string;
  @ApiPropertyOptional({ example: 'com.example.demo', description: 'Exactly this title key.' })
  @IsOptional()
  @IsString()
  @MaxLength(255)
  title_key?: string;
  @ApiPropertyOptional({ example: 'ABCDE12345', description: 'Signed by this team.' })
  @IsOptional()
  @Matches(/^[A-Z0-9]{10}$/, { message: 'team_id must be ten capital letters and digits' })
  team_id?: string;
  @ApiPropertyOptional({
    enum: ['true', 'false'],
    description: 'Whether it carries a signature. Packages that were not inspected on this server are in neither list.',
  })
  @IsOptional()
  @IsIn(['true', 'false'])
  signed?: 'true' | 'false';
  @ApiPropertyOptional({ enum: sorts, default: 'filename', description: 'A field; with "-" in front the other way round.' })
  @IsOptional()
  @IsIn(sorts)
  sort?: string;
  @ApiPropertyOptional({ default: 100, minimum: 1, maximum: 500 })
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(500)
  limit?: number;
  @ApiPropertyOptional({ description: '`next` of the page before.' }) @IsOptional() @IsString() @MaxLength(2_000) cursor?: string;

  toFilter(): PackageFilter {
    const { filename, q, stage, status, title_key: titleKey, team_id: teamId, signed } = this;
    return {
      ...(filename ? { filenameKey: filenameKey(filename) } : {}),
      ...(q ? { contains: filenameKey(q) } : {}),
      ...(stage ? { stage } : {}),
      ...(status ? { status } : {}),
      ...(titleKey ? { titleKey } : {}),
      ...(teamId ? { teamId } : {}),
      ...(signed ? { isSigned: signed === 'true' } : {}),
    };
  }
}

export class UpdatePackageDto {
  @ApiPropertyOptional({ enum: stages, example: 'Prod', description: 'Promotes or demotes the package on every server.' })
  @IsOptional()
  @IsIn(stages, { message: stageMessage })
  stage?: Stage;

  @ApiPropertyOptional({ type: String, nullable: true, maxLength: 2_000, example: 'Approved by the security team' })
  @ValidateIf((_, value) => value !== null && value !== undefined)
  @IsString()
  @MaxLength(2_000)
  notes?: string | null;
}

export class AddressDto {
  @ApiPropertyOptional({
    enum: addressKinds,
    description:
      'Whether the path has the name or the id of the package. Without it the name counts; a change of what is the name of one package and the id of another is refused with 409.',
  })
  @IsOptional()
  @IsIn(addressKinds, { message: 'by must be name or id' })
  by?: AddressKind;
}

export class ConfirmDto extends AddressDto {
  @ApiPropertyOptional({
    enum: ['true', 'false'],
    description:
      'Says that it is meant when a large part of all packages is taken away within a short time; without it that is refused with 409.',
  })
  @IsOptional()
  @IsIn(['true', 'false'])
  confirm?: 'true' | 'false';
}

export class ConfirmUpdateDto extends ConfirmDto {
  @ApiPropertyOptional({
    enum: ['true', 'false'],
    description:
      'Says that an administrator agrees to promote a package to Prod whose signer is missing, not known or another than before, where a rule of the server asks for that (confirm_signers of updateReplication); without it that is refused with 409.',
  })
  @IsOptional()
  @IsIn(['true', 'false'])
  confirm_signer?: 'true' | 'false';
}

export class VerifyDto {
  @ApiProperty({ example: true, description: 'False: the bytes on disk were damaged; they are fetched again from a peer.' })
  intact!: boolean;
  @ApiProperty({ type: PackageDto }) package!: PackageDto;
}
