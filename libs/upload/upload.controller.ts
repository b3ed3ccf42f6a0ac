import { HttpStatus, Post, Query, Req, Res } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { AdminApi } from '#libs/platform/admin-api/admin-api.decorator.js';
import { TakesBody } from '#libs/platform/http/bodies/body-limits.js';
import { Roles } from '#libs/platform/admin-api/roles.decorator.js';
import { ApiProblems } from '#libs/platform/errors/api-problems.js';
import { UploadedDto, UploadFormDto, UploadQueryDto } from './dto/upload.dto.js';
import { UploadService } from './upload.service.js';

@ApiTags('upload')
@AdminApi()
export class UploadController {
  constructor(private readonly uploads: UploadService) {}

  @Post('upload')
  @TakesBody('stream')
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
  @TakesBody('stream')
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

  private async receive(
    request: FastifyRequest,
    { replace = false, confirm = false }: UploadQueryDto,
    reply: FastifyReply,
  ): Promise<UploadedDto> {
    const published = await this.uploads.upload(request.raw, { replace, confirm });
    void reply.status(published.alreadyExisted ? HttpStatus.OK : HttpStatus.CREATED);
    return UploadedDto.of(published);
  }
}
