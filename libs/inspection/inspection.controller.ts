import { Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiParam } from '@nestjs/swagger';
import { AddressDto } from '#libs/packages/dto/package.dto.js';
import { AdminApi } from '#libs/platform/admin-api/admin-api.decorator.js';
import { Roles } from '#libs/platform/admin-api/roles.decorator.js';
import { ApiProblems } from '#libs/platform/errors/api-problems.js';
import { InspectionDto } from './dto/inspection.dto.js';
import { InspectionService } from './inspection.service.js';

const ByIdOrName = () => ApiParam({ name: 'id_or_name', type: String, example: 'NoMAD.pkg' });

@AdminApi('packages')
export class InspectionController {
  constructor(private readonly inspections: InspectionService) {}

  @Get(':id_or_name/inspection')
  @ByIdOrName()
  @ApiOperation({ operationId: 'inspectPackage', summary: 'What this server read in a package: title, version, components, signer' })
  @ApiOkResponse({ type: InspectionDto })
  @ApiProblems(400, 401, 403, 404)
  async get(@Param('id_or_name') text: string, @Query() { by }: AddressDto): Promise<InspectionDto> {
    return InspectionDto.from(await this.inspections.get({ text, by }));
  }

  @Post(':id_or_name/inspection')
  @Roles('publisher')
  @HttpCode(200)
  @ByIdOrName()
  @ApiOperation({ operationId: 'inspectPackageAgain', summary: 'Inspect a package again, within a minute' })
  @ApiOkResponse({ type: InspectionDto })
  @ApiProblems(400, 401, 403, 404, 409)
  async again(@Param('id_or_name') text: string, @Query() { by }: AddressDto): Promise<InspectionDto> {
    return InspectionDto.from(await this.inspections.again({ text, by }));
  }
}
