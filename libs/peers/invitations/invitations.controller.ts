import { Body, Delete, Get, HttpCode, Param, Post } from '@nestjs/common';
import { ApiCreatedResponse, ApiNoContentResponse, ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { AdminApi } from '#libs/platform/admin-api/admin-api.decorator.js';
import { Roles } from '#libs/platform/admin-api/roles.decorator.js';
import { ApiProblems } from '#libs/platform/errors/api-problems.js';
import { RowIdPipe } from '#libs/platform/http/row-id.pipe.js';
import { CreatedInvitationDto, CreateInvitationDto, InvitationDto, InvitationListDto } from '../dto/invitation.dto.js';
import { InvitationsService } from './invitations.service.js';

@AdminApi('invitations')
export class InvitationsController {
  constructor(private readonly invitations: InvitationsService) {}

  @Get()
  @Roles('admin')
  @ApiOperation({ operationId: 'listInvitations', summary: 'Invitations to register with this server, without their keys' })
  @ApiOkResponse({ type: InvitationListDto })
  @ApiProblems(401, 403)
  async list(): Promise<InvitationListDto> {
    return { items: (await this.invitations.list()).map((invitation) => InvitationDto.from(invitation)) };
  }

  @Post()
  @HttpCode(201)
  @Roles('admin')
  @ApiOperation({ operationId: 'createInvitation', summary: 'Create a key with which one server may register once' })
  @ApiCreatedResponse({ type: CreatedInvitationDto })
  @ApiProblems(400, 401, 403, 409)
  async create(@Body() { hours, note, preset }: CreateInvitationDto): Promise<CreatedInvitationDto> {
    const { invitation, key, self } = await this.invitations.create({ hours, note, preset });
    return { ...InvitationDto.from(invitation), url: self.url, iss_id: self.iss, key };
  }

  @Delete(':id')
  @HttpCode(204)
  @Roles('admin')
  @ApiOperation({ operationId: 'deleteInvitation', summary: 'Delete an invitation, so that no server can register with it any more' })
  @ApiNoContentResponse()
  @ApiProblems(400, 401, 403, 404)
  remove(@Param('id', RowIdPipe) id: number): Promise<void> {
    return this.invitations.remove(id);
  }
}
