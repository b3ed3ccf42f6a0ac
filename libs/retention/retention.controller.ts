import { Body, Get, HttpCode, Post, Put, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { AdminApi } from '#libs/platform/admin-api/admin-api.decorator.js';
import { Roles } from '#libs/platform/admin-api/roles.decorator.js';
import { ApiProblems } from '#libs/platform/errors/api-problems.js';
import { LimitBody } from '#libs/platform/http/bodies/body-limits.js';
import {
  ApplyRetentionQueryDto,
  PreviewRetentionDto,
  RetentionAppliedDto,
  RetentionDto,
  RetentionPlanDto,
  rulesOf,
  SetRetentionDto,
} from './dto/retention.dto.js';
import { RetentionService } from './retention.service.js';

/** A hundred rules of the longest fields. */
const RULES_BODY = { maxBytes: 2 ** 19, maxItems: 1_000 };

@ApiTags('retention')
@AdminApi('retention')
@Roles('admin')
export class RetentionController {
  constructor(private readonly retention: RetentionService) {}

  @Get()
  @Roles('viewer')
  @ApiOperation({ operationId: 'getRetention', summary: 'How many versions of a title are kept, and what the last daily run did' })
  @ApiOkResponse({ type: RetentionDto })
  @ApiProblems(401, 403)
  async get(): Promise<RetentionDto> {
    return RetentionDto.from(await this.retention.get());
  }

  @Put()
  @ApiOperation({ operationId: 'setRetention', summary: 'Replace the rules for old versions, and switch the daily run on or off' })
  @ApiOkResponse({ type: RetentionDto })
  @ApiProblems(400, 401, 403)
  @LimitBody(RULES_BODY)
  async set(@Body() body: SetRetentionDto): Promise<RetentionDto> {
    return RetentionDto.from(await this.retention.set(rulesOf(body), body.automatic));
  }

  @Get('plan')
  @Roles('viewer')
  @ApiOperation({ operationId: 'getRetentionPlan', summary: 'Which old versions the saved rules would remove now, and why others stay' })
  @ApiOkResponse({ type: RetentionPlanDto })
  @ApiProblems(401, 403)
  async plan(): Promise<RetentionPlanDto> {
    return RetentionPlanDto.from(await this.retention.plan());
  }

  @Post('preview')
  @HttpCode(200)
  @ApiOperation({ operationId: 'previewRetention', summary: 'Which old versions other rules would remove, without saving them' })
  @ApiOkResponse({ type: RetentionPlanDto })
  @ApiProblems(400, 401, 403)
  @LimitBody(RULES_BODY)
  async preview(@Body() body: PreviewRetentionDto): Promise<RetentionPlanDto> {
    return RetentionPlanDto.from(await this.retention.plan(rulesOf(body)));
  }

  @Post('apply')
  @HttpCode(200)
  @Roles('publisher')
  @ApiOperation({
    operationId: 'applyRetention',
    summary: 'Remove the old versions that the plan names, on every server; they stay restorable for the retention time',
  })
  @ApiOkResponse({ type: RetentionAppliedDto })
  @ApiProblems(400, 401, 403, 409)
  apply(@Query() { confirm }: ApplyRetentionQueryDto): Promise<RetentionAppliedDto> {
    return this.retention.apply(confirm);
  }
}
