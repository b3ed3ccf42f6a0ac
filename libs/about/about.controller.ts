import { Body, Get, HttpCode, Post } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { AdminApi } from '#libs/platform/admin-api/admin-api.decorator.js';
import { Roles } from '#libs/platform/admin-api/roles.decorator.js';
import { ApiProblems } from '#libs/platform/errors/api-problems.js';
import { AboutService } from './about.service.js';
import { AboutDto, UpdateAboutDto } from './dto/about.dto.js';

@AdminApi('about')
export class AboutController {
  constructor(private readonly about: AboutService) {}

  @Get()
  @Roles('admin')
  @ApiOperation({ operationId: 'getAbout', summary: "This server's settings, with its registration key" })
  @ApiOkResponse({ type: AboutDto })
  @ApiProblems(401, 403)
  async get(): Promise<AboutDto> {
    return AboutDto.from(await this.about.get());
  }

  @Post('update')
  @HttpCode(201)
  @Roles('admin')
  @ApiOperation({ operationId: 'updateAbout', summary: "Change this server's settings" })
  @ApiCreatedResponse({ type: AboutDto })
  @ApiProblems(400, 401, 403)
  async update(@Body() body: UpdateAboutDto): Promise<AboutDto> {
    return AboutDto.from(await this.about.update(body));
  }

  @Post('rotate_key')
  @HttpCode(201)
  @Roles('admin')
  @ApiOperation({ operationId: 'rotateKey', summary: 'Replace the registration key; existing registrations stay' })
  @ApiCreatedResponse({ type: AboutDto })
  @ApiProblems(401, 403)
  async rotateKey(): Promise<AboutDto> {
    return AboutDto.from(await this.about.rotateKey());
  }
}
