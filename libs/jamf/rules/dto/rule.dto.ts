import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsString,
  Matches,
  Max,
  MaxLength,
  Min,
  MinLength,
  ValidateIf,
  ValidateNested,
} from 'class-validator';
import type { JamfRule } from '#libs/entities/jamf-rule.entity.js';
import { MayBeLeftOut } from '#libs/platform/http/may-be-left-out.decorator.js';
import { type Stage, stages } from '#libs/replication/stage.js';
import type { RulesPreview } from '../jamf-rules.service.js';

export const MOST_RULES = 200;
const hasValue = (_: unknown, value: unknown): boolean => value !== undefined && value !== null;
const plain = /^\P{Cc}*$/u;
const templateDescription = 'May hold {filename}, {title} and {version}.';
const noControls = { message: '$property must not have control characters' };

export class JamfRuleDto {
  @ApiProperty({ example: true, description: 'false: packages that it fits have no record.' }) @IsBoolean() include!: boolean;
  @ApiPropertyOptional({ enum: stages, nullable: true, example: 'Prod', description: 'null: any.' })
  @ValidateIf(hasValue)
  @IsIn(stages)
  stage?: Stage | null;
  @ApiPropertyOptional({ type: String, nullable: true, maxLength: 255, example: '*.pkg', description: 'With * and ?; null: any.' })
  @ValidateIf(hasValue)
  @IsString()
  @MinLength(1)
  @MaxLength(255)
  @Matches(plain, noControls)
  filename?: string | null;
  @ApiPropertyOptional({
    type: String,
    nullable: true,
    maxLength: 255,
    example: 'com.trusourcelabs.NoMAD',
    description: 'The title key that the inspection of the package found; null: any.',
  })
  @ValidateIf(hasValue)
  @IsString()
  @MinLength(1)
  @MaxLength(255)
  @Matches(plain, noControls)
  title_key?: string | null;
  @ApiPropertyOptional({ type: String, nullable: true, maxLength: 255, example: 'Applications', description: 'By name; null: none.' })
  @ValidateIf(hasValue)
  @IsString()
  @MinLength(1)
  @MaxLength(255)
  @Matches(plain, noControls)
  category?: string | null;
  @ApiPropertyOptional({ default: 10, minimum: 1, maximum: 20, example: 10 }) @MayBeLeftOut() @IsInt() @Min(1) @Max(20) priority?: number;
  @ApiPropertyOptional({ default: '{filename}', maxLength: 255, example: '{title} {version}', description: templateDescription })
  @MayBeLeftOut()
  @IsString()
  @MinLength(1)
  @MaxLength(255)
  @Matches(plain, noControls)
  name_template?: string;
  @ApiPropertyOptional({ type: String, nullable: true, maxLength: 500, example: null, description: templateDescription })
  @ValidateIf(hasValue)
  @IsString()
  @MaxLength(500)
  @Matches(plain, noControls)
  info_template?: string | null;

  static from(rule: JamfRule): JamfRuleDto {
    return {
      ...{ include: rule.include, stage: rule.stage, filename: rule.filename, title_key: rule.titleKey, category: rule.category },
      ...{ priority: rule.priority, name_template: rule.nameTemplate, info_template: rule.infoTemplate },
    };
  }
}

export class SetJamfRulesDto {
  @ApiProperty({ type: [JamfRuleDto], description: 'In order: the first that fits a package decides. None: no package has a record.' })
  @IsArray()
  @ArrayMaxSize(MOST_RULES)
  @ValidateNested({ each: true })
  @Type(() => JamfRuleDto)
  items!: JamfRuleDto[];
}

export const rulesOf = ({ items }: SetJamfRulesDto): JamfRule[] =>
  items.map((item, position) => ({
    ...{ position, include: item.include, stage: item.stage ?? null, filename: item.filename ?? null, titleKey: item.title_key ?? null },
    ...{ category: item.category ?? null, priority: item.priority ?? 10, nameTemplate: item.name_template ?? '{filename}' },
    infoTemplate: item.info_template ?? null,
  }));

export class JamfRulesPreviewDto {
  @ApiProperty({ example: 412, description: 'Packages that have a record by these rules.' }) matched!: number;
  @ApiProperty({ example: 3, description: 'Packages that have none.' }) not_matched!: number;
  @ApiProperty({ type: [String], example: ['NoMAD.pkg'], description: 'A few that match.' }) examples!: string[];
  @ApiProperty({ type: [String], example: ['notes.txt'], description: 'A few that do not.' }) other_examples!: string[];

  static from({ matched, notMatched, examples, otherExamples }: RulesPreview): JamfRulesPreviewDto {
    return { matched, not_matched: notMatched, examples: [...examples], other_examples: [...otherExamples] };
  }
}

export class JamfRulesDto {
  @ApiProperty({ type: [JamfRuleDto] }) items!: JamfRuleDto[];
  @ApiProperty({ type: JamfRulesPreviewDto }) preview!: JamfRulesPreviewDto;
}

export class JamfCategoryDto {
  @ApiProperty({ example: '7' }) id!: string;
  @ApiProperty({ example: 'Applications' }) name!: string;
}

export class JamfCategoriesDto {
  @ApiProperty({ type: [JamfCategoryDto] }) items!: JamfCategoryDto[];
}
