import { Body, Delete, Get, HttpCode, Param, Patch, Post } from '@nestjs/common';
import { ApiAcceptedResponse, ApiCreatedResponse, ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { AdminApi } from '#libs/platform/admin-api/admin-api.decorator.js';
import { Roles } from '#libs/platform/admin-api/roles.decorator.js';
import { ApiProblems } from '#libs/platform/errors/api-problems.js';
import { RowIdPipe } from '#libs/platform/http/row-id.pipe.js';
import { DecideIdentityDto, PeerDto, PeerListDto, RegisterDto, UpdatePeerDto } from '../dto/peer.dto.js';
import { PeersService } from '../peers.service.js';
import { RegistrationService } from './registration.service.js';

@ApiTags('registration')
@AdminApi()
export class RegistrationController {
  constructor(
    private readonly registration: RegistrationService,
    private readonly peers: PeersService,
  ) {}

  @Post('register')
  @HttpCode(201)
  @Roles('admin')
  @ApiOperation({ operationId: 'register', summary: 'Register this server with another one' })
  @ApiCreatedResponse({ type: PeerDto })
  @ApiProblems(400, 401, 403, 422)
  async register(@Body() { url, iss_id: issId, key }: RegisterDto): Promise<PeerDto> {
    return PeerDto.from(await this.peers.get((await this.registration.register({ url, issId, key })).id));
  }

  @Get('registered_ods')
  @ApiOperation({ operationId: 'listRegisteredOds', summary: 'The servers this one is registered with' })
  @ApiOkResponse({ type: PeerListDto })
  @ApiProblems(401, 403)
  async list(): Promise<PeerListDto> {
    return { items: (await this.peers.list()).map((state) => PeerDto.from(state)) };
  }

  @Get('registered_ods/:id')
  @ApiOperation({ operationId: 'getRegisteredOds', summary: 'One registered server' })
  @ApiOkResponse({ type: PeerDto })
  @ApiProblems(400, 401, 403, 404)
  async get(@Param('id', RowIdPipe) id: number): Promise<PeerDto> {
    return PeerDto.from(await this.peers.get(id));
  }

  @Patch('registered_ods/:id')
  @Roles('admin')
  @ApiOperation({ operationId: 'updateRegisteredOds', summary: 'Pause or resume a registered server, or limit the bandwidth that it gets' })
  @ApiOkResponse({ type: PeerDto })
  @ApiProblems(400, 401, 403, 404)
  async update(@Param('id', RowIdPipe) id: number, @Body() change: UpdatePeerDto): Promise<PeerDto> {
    return PeerDto.from(await this.peers.limit(id, change.toLimits()));
  }

  @Delete('registered_ods/:id')
  @HttpCode(204)
  @Roles('admin')
  @ApiOperation({ operationId: 'unregisterOds', summary: 'Unregister a server; its packages stay on both' })
  @ApiNoContentResponse()
  @ApiProblems(400, 401, 403, 404)
  unregister(@Param('id', RowIdPipe) id: number): Promise<void> {
    return this.peers.unregister(id);
  }

  @Post('registered_ods/:id/identity')
  @HttpCode(204)
  @Roles('admin')
  @ApiOperation({ operationId: 'decideIdentity', summary: 'Decide which of two running servers with one identity is the registered one' })
  @ApiNoContentResponse()
  @ApiProblems(400, 401, 403, 404, 409)
  decideIdentity(@Param('id', RowIdPipe) id: number, @Body() { keep }: DecideIdentityDto): Promise<void> {
    return this.peers.decideIdentity(id, keep);
  }

  @Post('registered_ods/:id/sync')
  @HttpCode(202)
  @Roles('publisher')
  @ApiOperation({ operationId: 'syncRegisteredOds', summary: 'Exchange catalogs with a registered server now' })
  @ApiAcceptedResponse()
  @ApiProblems(400, 401, 403, 404, 409)
  sync(@Param('id', RowIdPipe) id: number): Promise<void> {
    return this.peers.sync(id);
  }
}
