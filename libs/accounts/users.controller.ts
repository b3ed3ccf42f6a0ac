import { Body, Delete, Get, HttpCode, Param, Patch, Post } from '@nestjs/common';
import { ApiCreatedResponse, ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiParam } from '@nestjs/swagger';
import { ApiProblems } from '#libs/platform/errors/api-problems.js';
import { RowIdPipe } from '#libs/platform/http/row-id.pipe.js';
import { AdminApi } from '#libs/platform/admin-api/admin-api.decorator.js';
import { CreateUserDto, UpdateUserDto, UserDto, UserListDto } from './dto/user.dto.js';
import { CurrentUser, type Principal } from '#libs/platform/admin-api/principal.js';
import { Roles } from '#libs/platform/admin-api/roles.decorator.js';
import { UsersService } from './users.service.js';

const ById = () => ApiParam({ name: 'id', type: Number, example: 2 });

@AdminApi('users')
@Roles('admin')
export class UsersController {
  constructor(private readonly users: UsersService) {}

  @Get()
  @ApiOperation({ operationId: 'listUsers', summary: 'Everybody who can sign in' })
  @ApiOkResponse({ type: UserListDto })
  @ApiProblems(401, 403)
  async list(): Promise<UserListDto> {
    return { items: (await this.users.list()).map((user) => UserDto.from(user)) };
  }

  @Post()
  @ApiOperation({ operationId: 'createUser', summary: 'A new user', description: 'The first sign-in asks for another password.' })
  @ApiCreatedResponse({ type: UserDto })
  @ApiProblems(400, 401, 403, 409, 503)
  async create(@Body() body: CreateUserDto): Promise<UserDto> {
    return UserDto.from(await this.users.create(body));
  }

  @Get(':id')
  @ById()
  @ApiOperation({ operationId: 'getUser', summary: 'One user' })
  @ApiOkResponse({ type: UserDto })
  @ApiProblems(400, 401, 403, 404)
  async get(@Param('id', RowIdPipe) id: number): Promise<UserDto> {
    return UserDto.from(await this.users.get(id));
  }

  @Patch(':id')
  @ById()
  @ApiOperation({ operationId: 'updateUser', summary: 'Another role, another password, or no more sign-ins' })
  @ApiOkResponse({ type: UserDto })
  @ApiProblems(400, 401, 403, 404, 409, 503)
  async update(@Param('id', RowIdPipe) id: number, @Body() body: UpdateUserDto, @CurrentUser() caller: Principal): Promise<UserDto> {
    return UserDto.from(await this.users.update(id, body, caller));
  }

  @Delete(':id')
  @HttpCode(204)
  @ById()
  @ApiOperation({ operationId: 'deleteUser', summary: 'Remove a user and end their sign-ins' })
  @ApiNoContentResponse()
  @ApiProblems(400, 401, 403, 404, 409)
  remove(@Param('id', RowIdPipe) id: number): Promise<void> {
    return this.users.remove(id);
  }
}
