import { Body, Get, HttpCode, Post, Put, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { AdminApi } from '#libs/platform/admin-api/admin-api.decorator.js';
import { Roles } from '#libs/platform/admin-api/roles.decorator.js';
import { ApiProblems } from '#libs/platform/errors/api-problems.js';
import { LimitBody } from '#libs/platform/http/bodies/body-limits.js';
import {
  ListMunkiItemsDto,
  MunkiItemsDto,
  orderOf,
  PromoteMunkiItemsDto,
  PromotedMunkiItemsDto,
  PromotionDto,
  rulesOf,
  SetPromotionDto,
} from './dto/promotion.dto.js';
import { MunkiPromotion } from './munki-promotion.service.js';

/** Five hundred of the longest paths; twenty rules with fifty names each. */
const PATHS_BODY = { maxBytes: 2 ** 18, maxItems: 1_000 };
const RULES_BODY = { maxBytes: 2 ** 19, maxItems: 3_000 };

@ApiTags('munki')
@AdminApi('munki')
export class MunkiPromotionController {
  constructor(private readonly promotion: MunkiPromotion) {}

  @Get('items')
  @ApiOperation({ operationId: 'listMunkiItems', summary: 'Items of the Munki repository and the catalogs that they are in' })
  @ApiOkResponse({ type: MunkiItemsDto })
  @ApiProblems(400, 401, 403)
  async items(@Query() { catalog, q, limit = 100, cursor }: ListMunkiItemsDto): Promise<MunkiItemsDto> {
    const filter = { ...(catalog ? { catalog } : {}), ...(q ? { contains: q } : {}) };
    return MunkiItemsDto.from(await this.promotion.items(filter, limit, cursor));
  }

  @Post('promote')
  @HttpCode(200)
  @Roles('publisher')
  @LimitBody(PATHS_BODY)
  @ApiOperation({ operationId: 'promoteMunkiItems', summary: 'Bring items from one catalog into another, on every server' })
  @ApiOkResponse({ type: PromotedMunkiItemsDto })
  @ApiProblems(400, 401, 403, 409, 507)
  async promote(@Body() body: PromoteMunkiItemsDto): Promise<PromotedMunkiItemsDto> {
    return PromotedMunkiItemsDto.from(await this.promotion.promote(orderOf(body)));
  }

  @Get('promotion')
  @ApiOperation({ operationId: 'getMunkiPromotion', summary: 'By which rules this server promotes items, and what is next' })
  @ApiOkResponse({ type: PromotionDto })
  @ApiProblems(401, 403)
  async get(): Promise<PromotionDto> {
    return PromotionDto.from(await this.promotion.settings());
  }

  @Put('promotion')
  @Roles('admin')
  @LimitBody(RULES_BODY)
  @ApiOperation({ operationId: 'setMunkiPromotion', summary: 'Replace the rules by which this server promotes items, once an hour' })
  @ApiOkResponse({ type: PromotionDto })
  @ApiProblems(400, 401, 403)
  async set(@Body() body: SetPromotionDto): Promise<PromotionDto> {
    return PromotionDto.from(await this.promotion.setRules(rulesOf(body)));
  }
}
