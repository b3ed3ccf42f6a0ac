import { ApiProperty } from '@nestjs/swagger';
import { type ProblemCode, problemCodes, type MunkiProblem } from '../make-catalogs.js';
import type { BuiltCatalogs, CatalogSummary } from '../munki-catalogs.js';

export class MunkiCatalogDto {
  @ApiProperty({ example: 'production' }) name!: string;
  @ApiProperty({ example: 214, description: 'Items that clients of this server find in it.' }) items!: number;
  @ApiProperty({
    example: 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    description: 'Equal on servers with equal catalogs.',
  })
  sha256!: string;

  static from({ name, items, sha256 }: CatalogSummary): MunkiCatalogDto {
    return { name, items, sha256 };
  }
}

export class MunkiProblemDto {
  @ApiProperty({ example: 'pkgsinfo/apps/Firefox-128.0.plist', description: 'A pkginfo file or a manifest.' }) path!: string;
  @ApiProperty({ enum: problemCodes, example: 'missing-installer' }) code!: ProblemCode;
  @ApiProperty({ example: 'It refers to the installer item apps/Firefox-128.0.dmg, which this server does not have.' }) detail!: string;
  @ApiProperty({ example: true, description: 'Whether the item is in no catalog because of it.' }) left_out!: boolean;

  static from({ path, code, detail, isLeftOut }: MunkiProblem): MunkiProblemDto {
    return { path, code, detail, left_out: isLeftOut };
  }
}

/** Problems that are listed. */
const MOST_LISTED = 1_000;

export class MunkiCatalogsDto {
  @ApiProperty({ type: [MunkiCatalogDto], description: 'As clients of this server get them at this moment.' }) catalogs!: MunkiCatalogDto[];
  @ApiProperty({ type: [MunkiProblemDto], description: `The first ${MOST_LISTED}.` }) problems!: MunkiProblemDto[];
  @ApiProperty({ example: 1, description: 'All problems.' }) problems_total!: number;

  static from({ catalogs, problems }: BuiltCatalogs): MunkiCatalogsDto {
    return {
      catalogs: catalogs.map((each) => MunkiCatalogDto.from(each)),
      problems: problems.slice(0, MOST_LISTED).map((each) => MunkiProblemDto.from(each)),
      problems_total: problems.length,
    };
  }
}
