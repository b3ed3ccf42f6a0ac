import { HttpStatus, Post, Query, Req, Res } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { AdminApi } from '#libs/accounts/admin-api.decorator.js';
import { Roles } from '#libs/accounts/roles.decorator.js';
import { PackageDto } from '#libs/packages/dto/package.dto.js';
import { ApiProblems } from '#libs/platform/errors/api-problems.js';
import { UploadedDto, UploadFormDto, UploadQueryDto } from './dto/upload.dto.js';
import { UploadService } from './upload.service.js';

@ApiTags('upload')
@AdminApi()
export class UploadController {
  constructor(private readonly uploads: UploadService) {}

  @Post('upload')
  @Roles('publisher')
  @ApiOperation({ operationId: 'uploadPackage', summary: 'Upload a package' })
  @ApiConsumes('multipart/form-data')
  @ApiBody({ type: UploadFormDto })
  @ApiCreatedResponse({ type: UploadedDto })
  @ApiOkResponse({ type: UploadedDto, description: 'The same name with the same content was there already.' })
  @ApiProblems(400, 401, 403, 408, 409, 413, 507)
  upload(
    @Req() request: FastifyRequest,
    @Query() query: UploadQueryDto,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<UploadedDto> {
    return this.receive(request, query, reply);
  }

  @Post('packages')
  @Roles('publisher')
  @ApiOperation({ operationId: 'createPackage', summary: 'Upload a package (another name of the same operation)' })
  @ApiConsumes('multipart/form-data')
  @ApiBody({ type: UploadFormDto })
  @ApiCreatedResponse({ type: UploadedDto })
  @ApiOkResponse({ type: UploadedDto, description: 'The same name with the same content was there already.' })
  @ApiProblems(400, 401, 403, 408, 409, 413, 507)
  create(
    @Req() request: FastifyRequest,
    @Query() query: UploadQueryDto,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<UploadedDto> {
    return this.receive(request, query, reply);
  }

  private async receive(request: FastifyRequest, { replace = false }: UploadQueryDto, reply: FastifyReply): Promise<UploadedDto> {
    const { package: row, alreadyExisted } = await this.uploads.upload(request.raw, replace);
    void reply.status(alreadyExisted ? HttpStatus.OK : HttpStatus.CREATED);
    return { ...PackageDto.from(row), already_existed: alreadyExisted };
  }
}
