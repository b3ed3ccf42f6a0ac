import { Body, Get, HttpCode, Post, Put } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { JamfRule } from '#libs/entities/jamf-rule.entity.js';
import { AdminApi } from '#libs/platform/admin-api/admin-api.decorator.js';
import { Roles } from '#libs/platform/admin-api/roles.decorator.js';
import { ApiProblems } from '#libs/platform/errors/api-problems.js';
import { LimitBody } from '#libs/platform/http/bodies/body-limits.js';
import { JamfCategoriesDto, JamfRuleDto, JamfRulesDto, JamfRulesPreviewDto, rulesOf, SetJamfRulesDto } from './dto/rule.dto.js';
import { JamfRulesService } from './jamf-rules.service.js';

/** Two hundred rules of the longest fields. */
const RULES_BODY = { maxBytes: 2 ** 20, maxItems: 2_000 };

@ApiTags('jamf')
@AdminApi('jamf')
@Roles('admin')
export class JamfRulesController {
  constructor(private readonly rules: JamfRulesService) {}

  @Get('rules')
  @Roles('viewer')
  @ApiOperation({ operationId: 'listJamfRules', summary: 'Which packages have a record in Jamf Pro, and how many do' })
  @ApiOkResponse({ type: JamfRulesDto })
  @ApiProblems(401, 403)
  async list(): Promise<JamfRulesDto> {
    return this.withPreview(await this.rules.list());
  }

  @Put('rules')
  @ApiOperation({ operationId: 'setJamfRules', summary: 'Replace the whole list of rules' })
  @ApiOkResponse({ type: JamfRulesDto })
  @ApiProblems(400, 401, 403)
  @LimitBody(RULES_BODY)
  async set(@Body() body: SetJamfRulesDto): Promise<JamfRulesDto> {
    return this.withPreview(await this.rules.set(rulesOf(body)));
  }

  @Post('rules/preview')
  @HttpCode(200)
  @ApiOperation({ operationId: 'previewJamfRules', summary: 'How many packages a list of rules would match, without saving it' })
  @ApiOkResponse({ type: JamfRulesPreviewDto })
  @ApiProblems(400, 401, 403)
  @LimitBody(RULES_BODY)
  async preview(@Body() body: SetJamfRulesDto): Promise<JamfRulesPreviewDto> {
    return JamfRulesPreviewDto.from(await this.rules.preview(rulesOf(body)));
  }

  @Get('categories')
  @ApiOperation({ operationId: 'listJamfCategories', summary: 'The categories of Jamf Pro, as they are now' })
  @ApiOkResponse({ type: JamfCategoriesDto })
  @ApiProblems(401, 403, 404, 502)
  async categories(): Promise<JamfCategoriesDto> {
    return { items: (await this.rules.categories()).map(({ id, name }) => ({ id, name })) };
  }

  private async withPreview(rules: readonly JamfRule[]): Promise<JamfRulesDto> {
    return { items: rules.map(JamfRuleDto.from), preview: JamfRulesPreviewDto.from(await this.rules.preview(rules)) };
  }
}
