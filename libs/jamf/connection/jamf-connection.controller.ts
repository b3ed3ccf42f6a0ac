import { Body, Delete, Get, HttpCode, Post, Put } from '@nestjs/common';
import { ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { AdminApi } from '#libs/platform/admin-api/admin-api.decorator.js';
import { Roles } from '#libs/platform/admin-api/roles.decorator.js';
import { ApiProblems } from '#libs/platform/errors/api-problems.js';
import { JamfConnectionDto, JamfSignInDto, JamfTestedDto, signInOf } from './dto/connection.dto.js';
import { JamfConnectionService } from './jamf-connection.service.js';

@ApiTags('jamf')
@AdminApi('jamf/connection')
@Roles('admin')
export class JamfConnectionController {
  constructor(private readonly connection: JamfConnectionService) {}

  @Get()
  @Roles('viewer')
  @ApiOperation({ operationId: 'getJamfConnection', summary: 'The connection to Jamf Pro, and how the last contact went' })
  @ApiOkResponse({ type: JamfConnectionDto })
  @ApiProblems(401, 403)
  async get(): Promise<JamfConnectionDto> {
    return JamfConnectionDto.from(await this.connection.overview());
  }

  @Put()
  @ApiOperation({ operationId: 'setJamfConnection', summary: 'Connect this server with Jamf Pro, or change the connection' })
  @ApiOkResponse({ type: JamfConnectionDto })
  @ApiProblems(400, 401, 403)
  async set(@Body() body: JamfSignInDto): Promise<JamfConnectionDto> {
    return JamfConnectionDto.from(await this.connection.set(signInOf(body)));
  }

  @Delete()
  @HttpCode(204)
  @ApiOperation({ operationId: 'removeJamfConnection', summary: 'Forget the connection to Jamf Pro; nothing changes there' })
  @ApiNoContentResponse()
  @ApiProblems(401, 403, 404)
  remove(): Promise<void> {
    return this.connection.remove();
  }

  @Post('test')
  @HttpCode(200)
  @ApiOperation({
    operationId: 'testJamfConnection',
    summary: 'Try a connection to Jamf Pro step by step, before it is saved; writes nothing there',
  })
  @ApiOkResponse({ type: JamfTestedDto })
  @ApiProblems(400, 401, 403)
  async test(@Body() body: JamfSignInDto): Promise<JamfTestedDto> {
    return JamfTestedDto.from(await this.connection.test(signInOf(body)));
  }
}
