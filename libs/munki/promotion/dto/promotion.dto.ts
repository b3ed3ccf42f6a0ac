import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsBoolean,
  IsInt,
  IsNotEmpty,
  IsOptional,
  IsString,
  Max,
  MaxLength,
  Min,
  ValidateNested,
} from 'class-validator';
import { unixSeconds } from '#libs/platform/format/dates.js';
import { catalogNameFault } from '../../catalogs/make-catalogs.js';
import type { MunkiItem } from '../../catalogs/munki-item.js';
import { MunkiCatalogNameInvalid } from '../../munki.errors.js';
import type { PlannedPromotion, PromotionRule } from '../due-promotions.js';
import type { ItemPage, PromotionOrder, PromotionResult, PromotionSettings } from '../munki-promotion.service.js';
import type { Promotion } from '../promoted.js';

const MOST_PATHS = 500;
const MOST_RULES = 20;
const MOST_LISTED = 200;

export class ListMunkiItemsDto {
  @ApiPropertyOptional({ example: 'testing', maxLength: 100, description: 'Only items of this catalog.' })
  @IsOptional()
  @IsString()
  @MaxLength(100)
  catalog?: string;

  @ApiPropertyOptional({ example: 'firefox', maxLength: 255, description: 'Part of a name or of the path of a pkginfo file.' })
  @IsOptional()
  @IsString()
  @MaxLength(255)
  q?: string;

  @ApiPropertyOptional({ example: 100, minimum: 1, maximum: 500, default: 100 })
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(500)
  limit?: number;

  @ApiPropertyOptional({ description: '`next` of the page before.', example: 'cGtnc2luZm8vYS5wbGlzdA' })
  @IsOptional()
  @IsString()
  @MaxLength(1_500)
  cursor?: string;
}

export class MunkiItemDto {
  @ApiProperty({ example: 'pkgsinfo/apps/Firefox-128.0.plist', description: 'The pkginfo file.' }) path!: string;
  @ApiProperty({ example: 'Firefox' }) name!: string;
  @ApiProperty({ example: '128.0' }) version!: string;
  @ApiProperty({ type: [String], example: ['testing'] }) catalogs!: string[];
  @ApiProperty({ example: 1_783_500_000, description: 'When the pkginfo file was last changed, Unix time in seconds.' })
  changed_ts!: number;
  @ApiProperty({ example: true, description: 'Whether it is in its catalogs on this server.' }) listed!: boolean;
  @ApiProperty({ type: String, nullable: true, example: null, description: 'The first thing that is wrong with it.' })
  problem!: string | null;

  static from({ path, name, version, catalogs, changedMs, isListed, problem }: MunkiItem): MunkiItemDto {
    return { path, name, version, catalogs: [...catalogs], changed_ts: unixSeconds(changedMs), listed: isListed, problem };
  }
}

export class MunkiItemsDto {
  @ApiProperty({ type: [MunkiItemDto], description: 'By the paths of their pkginfo files.' }) items!: MunkiItemDto[];
  @ApiProperty({ example: 1, description: 'Of all pages.' }) total!: number;
  @ApiProperty({ type: String, nullable: true, example: null, description: 'For the next page; null at the end.' })
  next!: string | null;

  static from({ items, total, next }: ItemPage): MunkiItemsDto {
    return { items: items.map(MunkiItemDto.from), total, next };
  }
}

class CatalogsDto {
  @ApiProperty({ example: 'testing', maxLength: 100 }) @IsString() @IsNotEmpty() @MaxLength(100) from!: string;
  @ApiProperty({ example: 'production', maxLength: 100 }) @IsString() @IsNotEmpty() @MaxLength(100) to!: string;
  @ApiPropertyOptional({ example: false, default: false, description: 'Whether items stay in `from`, too.' })
  @IsOptional()
  @IsBoolean()
  keep_from?: boolean;
}

export class PromoteMunkiItemsDto extends CatalogsDto {
  @ApiProperty({ type: [String], example: ['pkgsinfo/apps/Firefox-128.0.plist'], description: 'The pkginfo files of the items.' })
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(MOST_PATHS)
  @IsString({ each: true })
  @MaxLength(255, { each: true })
  paths!: string[];
  @ApiPropertyOptional({ example: false, default: false, description: 'Only answer what would be done.' })
  @IsOptional()
  @IsBoolean()
  dry_run?: boolean;
  @ApiPropertyOptional({ example: false, default: false, description: 'That it changes a large part of the repository is meant.' })
  @IsOptional()
  @IsBoolean()
  confirm?: boolean;
}

export class PromotedMunkiItemDto {
  @ApiProperty({ example: 'pkgsinfo/apps/Firefox-128.0.plist' }) path!: string;
  @ApiProperty({ example: 'Firefox' }) name!: string;
  @ApiProperty({ example: '128.0' }) version!: string;
  @ApiProperty({ type: [String], example: ['production'], description: 'Its catalogs from now on.' }) catalogs!: string[];
}

export class SkippedMunkiItemDto {
  @ApiProperty({ example: 'pkgsinfo/apps/Old.plist' }) path!: string;
  @ApiProperty({ example: 'It is not in the catalog testing.' }) reason!: string;
}

export class PromotedMunkiItemsDto {
  @ApiProperty({ type: [PromotedMunkiItemDto] }) promoted!: PromotedMunkiItemDto[];
  @ApiProperty({ type: [SkippedMunkiItemDto], description: 'What stays as it is, and why.' }) skipped!: SkippedMunkiItemDto[];

  static from({ promoted, skipped }: PromotionResult): PromotedMunkiItemsDto {
    return { promoted: promoted.map((item) => ({ ...item, catalogs: [...item.catalogs] })), skipped: [...skipped] };
  }
}

export class PromotionRuleDto extends CatalogsDto {
  @ApiProperty({ minimum: 1, maximum: 365, example: 7, description: 'Days since the pkginfo file was last changed.' })
  @IsInt()
  @Min(1)
  @Max(365)
  after_days!: number;
  @ApiPropertyOptional({ type: [String], example: ['Xcode'], default: [], description: 'Names of items that the rule leaves alone.' })
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(50)
  @IsString({ each: true })
  @IsNotEmpty({ each: true })
  @MaxLength(255, { each: true })
  except?: string[];

  static from({ from, to, keepsFrom, afterDays, except }: PromotionRule): PromotionRuleDto {
    return { from, to, keep_from: keepsFrom, after_days: afterDays, except: [...except] };
  }
}

export class SetPromotionDto {
  @ApiProperty({ type: [PromotionRuleDto], description: 'In order: the first that fits an item decides. None: nothing is promoted.' })
  @IsArray()
  @ArrayMaxSize(MOST_RULES)
  @ValidateNested({ each: true })
  @Type(() => PromotionRuleDto)
  rules!: PromotionRuleDto[];
}

export class PlannedPromotionDto {
  @ApiProperty({ example: 'pkgsinfo/apps/Firefox-128.0.plist' }) path!: string;
  @ApiProperty({ example: 'Firefox' }) name!: string;
  @ApiProperty({ example: '128.0' }) version!: string;
  @ApiProperty({ example: 'testing' }) from!: string;
  @ApiProperty({ example: 'production' }) to!: string;
  @ApiProperty({ example: 1_784_104_800, description: 'Not before this time, Unix time in seconds.' }) due_ts!: number;
  @ApiProperty({ type: String, nullable: true, example: null, description: 'A problem of the item; it waits until there is none.' })
  held_by!: string | null;

  static from({ item, from, to, dueMs, heldBy }: PlannedPromotion): PlannedPromotionDto {
    const { path, name, version } = item;
    return { path, name, version, from, to, due_ts: unixSeconds(dueMs), held_by: heldBy };
  }
}

export class PromotionDto {
  @ApiProperty({ type: [PromotionRuleDto] }) rules!: PromotionRuleDto[];
  @ApiProperty({ type: [PlannedPromotionDto], description: `What the rules promote next; the first ${MOST_LISTED}.` })
  planned!: PlannedPromotionDto[];
  @ApiProperty({ example: 1, description: 'How many items the rules promote in time.' }) planned_total!: number;
  @ApiProperty({ type: Number, nullable: true, example: 1_784_101_200, description: 'The last hourly run, Unix time in seconds.' })
  ran_ts!: number | null;
  @ApiProperty({ example: 2, description: 'Items that it promoted.' }) promoted!: number;
  @ApiProperty({ example: 0, description: 'Items that it left, because they were too many to be promoted without a person.' })
  held!: number;

  static from({ rules, state, planned }: PromotionSettings): PromotionDto {
    const { ranMs, promoted, held } = state;
    return {
      rules: rules.map(PromotionRuleDto.from),
      planned: planned.slice(0, MOST_LISTED).map(PlannedPromotionDto.from),
      planned_total: planned.length,
      ran_ts: ranMs === null ? null : unixSeconds(ranMs),
      promoted,
      held,
    };
  }
}

/** Throws MunkiCatalogNameInvalid. */
function promotionOf({ from, to, keep_from: keepsFrom = false }: CatalogsDto): Promotion {
  for (const name of [from, to]) {
    const fault = catalogNameFault(name);
    if (fault !== null) throw new MunkiCatalogNameInvalid(name, fault);
  }
  if (from === to) throw new MunkiCatalogNameInvalid(to, 'It is the same one twice.');
  return { from, to, keepsFrom };
}

/** Throws MunkiCatalogNameInvalid. */
export const orderOf = (body: PromoteMunkiItemsDto): PromotionOrder => ({
  ...promotionOf(body),
  ...{ paths: body.paths, isDryRun: body.dry_run === true, isConfirmed: body.confirm === true },
});

/** Throws MunkiCatalogNameInvalid. */
export const rulesOf = ({ rules }: SetPromotionDto): PromotionRule[] =>
  rules.map((rule) => ({ ...promotionOf(rule), afterDays: rule.after_days, except: rule.except ?? [] }));
