import { Body, Param, Post, Query, Req, Res } from '@nestjs/common';
import { ApiCreatedResponse, ApiOperation, ApiParam } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { AddressDto } from '#libs/packages/dto/package.dto.js';
import { AdminApi } from '#libs/platform/admin-api/admin-api.decorator.js';
import { Roles } from '#libs/platform/admin-api/roles.decorator.js';
import { ApiProblems } from '#libs/platform/errors/api-problems.js';
import { PublicPath } from '#libs/platform/http/public-path.js';
import { CreateDownloadLinkDto, DownloadLinkDto, USUAL_SECONDS } from '../dto/download-link.dto.js';
import { DownloadLinks } from './download-links.service.js';

@AdminApi('packages')
export class PackageLinksController {
  constructor(
    private readonly links: DownloadLinks,
    private readonly paths: PublicPath,
  ) {}

  @Post(':id_or_name/links')
  @Roles('publisher')
  @ApiParam({ name: 'id_or_name', type: String, example: 'NoMAD.pkg' })
  @ApiOperation({
    operationId: 'createDownloadLink',
    summary: 'A link that downloads a package until it expires, for whoever has it',
    description: 'It opens the content that is served now, at this server alone. A new SECRET_KEY ends all of them.',
  })
  @ApiCreatedResponse({ type: DownloadLinkDto })
  @ApiProblems(400, 401, 403, 404, 409)
  async create(
    @Param('id_or_name') text: string,
    @Query() { by }: AddressDto,
    @Body() { expires_in_seconds: seconds = USUAL_SECONDS }: CreateDownloadLinkDto,
    @Req() { headers }: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<DownloadLinkDto> {
    void reply.header('Cache-Control', 'no-store');
    return DownloadLinkDto.from(await this.links.create({ text, by }, seconds), this.paths.of(headers));
  }
}
