import { Body, Delete, Get, HttpCode, Param, Post, Res } from '@nestjs/common';
import { ApiCreatedResponse, ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiParam } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Clock } from '#libs/platform/clock.js';
import { ApiProblems } from '#libs/platform/errors/api-problems.js';
import { RowIdPipe } from '#libs/platform/http/row-id.pipe.js';
import { AdminApi } from '#libs/platform/admin-api/admin-api.decorator.js';
import { ApiTokensService } from './api-tokens.service.js';
import { CreateTokenDto, IssuedTokenDto, TokenDto, TokenListDto } from './dto/token.dto.js';
import { CurrentUser, type Principal } from '#libs/platform/admin-api/principal.js';
import { Roles } from '#libs/platform/admin-api/roles.decorator.js';

const MS_DAY = 86_400_000;

@AdminApi('tokens')
@Roles('admin')
export class TokensController {
  constructor(
    private readonly tokens: ApiTokensService,
    private readonly clock: Clock,
  ) {}

  @Get()
  @ApiOperation({ operationId: 'listTokens', summary: 'The API tokens of programs, without their secrets' })
  @ApiOkResponse({ type: TokenListDto })
  @ApiProblems(401, 403)
  async list(): Promise<TokenListDto> {
    return { items: (await this.tokens.list()).map((each) => TokenDto.from(each)) };
  }

  @Post()
  @ApiOperation({
    operationId: 'createToken',
    summary: 'A new API token',
    description: 'The answer has the secret, which is kept nowhere.',
  })
  @ApiCreatedResponse({ type: IssuedTokenDto })
  @ApiProblems(400, 401, 403, 409, 422)
  async create(
    @Body() { name, role, expires_in_days: days, stages, account }: CreateTokenDto,
    @CurrentUser() caller: Principal,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<IssuedTokenDto> {
    const expiresMs = days === undefined ? null : this.clock.now() + days * MS_DAY;
    void reply.header('Cache-Control', 'no-store');
    return IssuedTokenDto.issued(await this.tokens.create({ name, role, expiresMs, stages: stages ?? null, account }, caller));
  }

  @Delete(':id')
  @HttpCode(204)
  @ApiParam({ name: 'id', type: Number, example: 1 })
  @ApiOperation({ operationId: 'revokeToken', summary: 'Revoke an API token; it is worth nothing from then on' })
  @ApiNoContentResponse()
  @ApiProblems(400, 401, 403, 404)
  revoke(@Param('id', RowIdPipe) id: number): Promise<void> {
    return this.tokens.revoke(id);
  }
}
