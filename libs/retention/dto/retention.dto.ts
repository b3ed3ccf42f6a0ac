import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Transform, Type } from 'class-transformer';
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
import type { RetentionRule } from '#libs/entities/retention-rule.entity.js';
import { MayBeLeftOut } from '#libs/platform/http/may-be-left-out.decorator.js';
import { type Stage, stages } from '#libs/replication/stage.js';
import type { Verdict } from '../plan-retention.js';
import type { Retention } from '../retention.service.js';

export const MOST_RULES = 100;
const MOST_LISTED = 200;
const hasValue = (_: unknown, value: unknown): boolean => value !== undefined && value !== null;
const noControls = { message: '$property must not have control characters' };
const plain = /^\P{Cc}*$/u;

export class RetentionRuleDto {
  @ApiPropertyOptional({ enum: stages, nullable: true, example: 'Dev', description: 'null: any.' })
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
  @ApiProperty({ minimum: 1, maximum: 1_000, example: 3, description: 'The newest versions of each title that are kept, in each stage.' })
  @IsInt()
  @Min(1)
  @Max(1_000)
  keep!: number;
  @ApiPropertyOptional({ default: 30, minimum: 0, maximum: 3_650, example: 30, description: 'Younger packages are kept in any case.' })
  @MayBeLeftOut()
  @IsInt()
  @Min(0)
  @Max(3_650)
  min_age_days?: number;

  static from({ stage, filename, titleKey, keep, minAgeDays }: RetentionRule): RetentionRuleDto {
    return { stage, filename, title_key: titleKey, keep, min_age_days: minAgeDays };
  }
}

export class PreviewRetentionDto {
  @ApiProperty({ type: [RetentionRuleDto], description: 'In order: the first that fits a package decides. What none fits is kept.' })
  @IsArray()
  @ArrayMaxSize(MOST_RULES)
  @ValidateNested({ each: true })
  @Type(() => RetentionRuleDto)
  rules!: RetentionRuleDto[];
}

export class SetRetentionDto extends PreviewRetentionDto {
  @ApiProperty({ example: false, description: 'Whether this server carries out the rules once a day.' }) @IsBoolean() automatic!: boolean;
}

export const rulesOf = ({ rules }: PreviewRetentionDto): RetentionRule[] =>
  rules.map(({ stage = null, filename = null, title_key: titleKey = null, keep, min_age_days: minAgeDays = 30 }, position) => ({
    ...{ position, stage, filename, titleKey, keep, minAgeDays },
  }));

export class RetentionDto {
  @ApiProperty({ type: [RetentionRuleDto] }) rules!: RetentionRuleDto[];
  @ApiProperty({ example: true }) automatic!: boolean;
  @ApiProperty({ type: Number, nullable: true, example: 1_777_000_000, description: 'The last daily run, Unix time in seconds.' })
  ran_ts!: number | null;
  @ApiProperty({ example: 2, description: 'Packages that it removed.' }) removed!: number;
  @ApiProperty({ example: 0, description: 'Packages that it left, because they were too many to be removed without a person.' })
  held!: number;

  static from({ rules, state }: Retention): RetentionDto {
    const { automatic, ranMs, removed, held } = state;
    const ranTs = ranMs === null ? null : Math.floor(ranMs / 1_000);
    return { rules: rules.map(RetentionRuleDto.from), automatic, ran_ts: ranTs, removed, held };
  }
}

export class RetentionItemDto {
  @ApiProperty({ example: 'NoMAD-1.1.pkg' }) filename!: string;
  @ApiProperty({ enum: stages, example: 'Prod' }) stage!: Stage;
  @ApiProperty({ type: String, nullable: true, example: 'NoMAD' }) title!: string | null;
  @ApiProperty({ type: String, nullable: true, example: '1.1' }) version!: string | null;
  @ApiProperty({ example: 3_145_728 }) size!: number;
  @ApiProperty({ example: 1_745_000_000, description: 'When it was uploaded, Unix time in seconds.' }) created_ts!: number;
  @ApiProperty({ example: 1, description: 'The number of the rule that decides, from 1.' }) rule!: number;
  @ApiProperty({ example: '3 newer versions are in Prod here.' }) reason!: string;

  static from({ subject, rule, reason }: Verdict): RetentionItemDto {
    const { filename, stage, size, createdMs, read } = subject;
    const facts = { filename, stage, size, title: read?.title ?? null, version: read?.version ?? null };
    return { ...facts, created_ts: Math.floor(createdMs / 1_000), rule: rule.position + 1, reason };
  }
}

export class RetentionPlanDto {
  @ApiProperty({ example: 12, description: 'Packages that would be removed.' }) removals!: number;
  @ApiProperty({ example: 37_748_736, description: 'Their bytes.' }) bytes!: number;
  @ApiProperty({ example: 40, description: 'Packages that a rule fits, and that stay.' }) kept!: number;
  @ApiProperty({ type: [RetentionItemDto], description: `The first ${MOST_LISTED} that would be removed.` }) remove!: RetentionItemDto[];
  @ApiProperty({ type: [RetentionItemDto], description: `The first ${MOST_LISTED} that stay, and why.` }) keep!: RetentionItemDto[];

  static from(plan: readonly Verdict[]): RetentionPlanDto {
    const due = plan.filter(({ isRemoved }) => isRemoved);
    const kept = plan.filter(({ isRemoved }) => !isRemoved);
    const listed = (verdicts: readonly Verdict[]) => verdicts.slice(0, MOST_LISTED).map(RetentionItemDto.from);
    const bytes = due.reduce((sum, { subject }) => sum + subject.size, 0);
    return { removals: due.length, bytes, kept: kept.length, remove: listed(due), keep: listed(kept) };
  }
}

export class ApplyRetentionQueryDto {
  @ApiPropertyOptional({ minimum: 0, example: 12, description: 'The number of packages that are to be removed, as the plan says.' })
  @MayBeLeftOut()
  @Transform(({ value }) => (typeof value === 'string' && /^\d{1,9}$/.test(value) ? Number(value) : value))
  @IsInt()
  @Min(0)
  confirm?: number;
}

export class RetentionAppliedDto {
  @ApiProperty({ example: 12 }) removed!: number;
  @ApiProperty({ example: 0, description: 'Packages that are left for another call.' }) remaining!: number;
}
