import { Body, HttpStatus, Post, Res } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { AdminApi } from '#libs/platform/admin-api/admin-api.decorator.js';
import { Roles } from '#libs/platform/admin-api/roles.decorator.js';
import { ApiProblems } from '#libs/platform/errors/api-problems.js';
import { LimitBody } from '#libs/platform/http/bodies/body-limits.js';
import { MadePkginfoDto, MakePkginfoDto } from './dto/pkginfo.dto.js';
import { plistFromJson } from './json-plist.js';
import { PkginfoMaker } from './pkginfo-maker.js';

/** Scripts of an item are texts of some KiB. */
const PKGINFO_BODY = { maxBytes: 2 ** 20, maxItems: 5_000, maxDepth: 24, maxTextBytes: 256 * 2 ** 10 };

@ApiTags('munki')
@AdminApi('munki/pkginfo')
export class PkginfoController {
  constructor(private readonly maker: PkginfoMaker) {}

  @Post()
  @Roles('publisher')
  @LimitBody(PKGINFO_BODY)
  @ApiOperation({ operationId: 'makeMunkiPkginfo', summary: 'Write a pkginfo file for a package of the share, of what was read in it' })
  @ApiCreatedResponse({ type: MadePkginfoDto })
  @ApiOkResponse({ type: MadePkginfoDto, description: 'It was there already.' })
  @ApiProblems(400, 401, 403, 404, 409, 507)
  async make(@Body() body: MakePkginfoDto, @Res({ passthrough: true }) reply: FastifyReply): Promise<MadePkginfoDto> {
    const { filename, name, catalogs = ['testing'], folder = '', overrides = {}, replace = false } = body;
    const order = { filename, name, catalogs, folder, replaces: replace, overrides: plistFromJson(overrides, '/overrides') };
    const made = await this.maker.make(order);
    void reply.status(made.alreadyExisted ? HttpStatus.OK : HttpStatus.CREATED);
    return MadePkginfoDto.from(made);
  }
}
