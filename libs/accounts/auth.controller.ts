import { Body, Get, HttpCode, Post, Req, Res, UseGuards } from '@nestjs/common';
import { ApiNoContentResponse, ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ApiProblems } from '#libs/platform/errors/api-problems.js';
import { Public } from '#libs/platform/http/public.decorator.js';
import { AdminApi } from '#libs/platform/admin-api/admin-api.decorator.js';
import { AllowBeforePasswordChange } from '#libs/platform/admin-api/before-password-change.decorator.js';
import { clientOf } from './client.js';
import { ChangePasswordDto, LoginDto, MeDto, SignedInDto } from './dto/auth.dto.js';
import { PasswordService } from './password.service.js';
import { CurrentUser, type Principal } from '#libs/platform/admin-api/principal.js';
import { RefreshCookie } from './refresh-cookie.js';
import { Roles } from '#libs/platform/admin-api/roles.decorator.js';
import { SameSiteGuard } from './same-site.guard.js';
import { Sessions, type SignedIn } from './sessions.js';
import { SignInService } from './sign-in.service.js';

@AdminApi('auth')
@UseGuards(SameSiteGuard)
@Roles('viewer')
export class AuthController {
  constructor(
    private readonly signIns: SignInService,
    private readonly sessions: Sessions,
    private readonly passwords: PasswordService,
    private readonly cookie: RefreshCookie,
  ) {}

  @Post('login')
  @HttpCode(200)
  @Public()
  @ApiOperation({
    operationId: 'login',
    security: [],
    summary: 'Sign in',
    description: 'Also sets the refresh cookie.',
  })
  @ApiOkResponse({ type: SignedInDto })
  @ApiProblems(400, 401, 403, 415, 429, 503)
  async login(
    @Body() body: LoginDto,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<SignedInDto> {
    return this.answer(reply, await this.signIns.signIn(body, clientOf(request)));
  }

  @Post('refresh')
  @HttpCode(200)
  @Public()
  @ApiOperation({
    operationId: 'refresh',
    security: [],
    summary: 'A new access token for the refresh cookie',
    description: 'Replaces the refresh cookie.',
  })
  @ApiOkResponse({ type: SignedInDto })
  @ApiProblems(401, 403, 415)
  async refresh(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): Promise<SignedInDto> {
    return this.answer(reply, await this.sessions.prolong(this.cookie.read(request)));
  }

  @Post('password')
  @HttpCode(204)
  @AllowBeforePasswordChange()
  @ApiOperation({
    operationId: 'changePassword',
    summary: "Change one's own password",
    description: 'Ends all other sign-ins of the user.',
  })
  @ApiNoContentResponse()
  @ApiProblems(400, 401, 403, 409, 415, 429, 503)
  changePassword(@Body() body: ChangePasswordDto, @CurrentUser() caller: Principal, @Req() request: FastifyRequest): Promise<void> {
    return this.passwords.change(caller, clientOf(request).address, body);
  }

  @Post('logout')
  @HttpCode(204)
  @AllowBeforePasswordChange()
  @ApiOperation({
    operationId: 'logout',
    summary: 'Sign out',
    description: 'The access token and the refresh cookie are worth nothing from then on.',
  })
  @ApiNoContentResponse()
  @ApiProblems(401, 403, 415)
  async logout(@CurrentUser() caller: Principal, @Res({ passthrough: true }) reply: FastifyReply): Promise<void> {
    await this.signIns.signOut(caller);
    this.cookie.clear(reply);
  }

  @Get('me')
  @AllowBeforePasswordChange()
  @ApiOperation({ operationId: 'getMe', summary: 'Who is signed in' })
  @ApiOkResponse({ type: MeDto })
  @ApiProblems(401)
  me(@CurrentUser() caller: Principal): MeDto {
    return MeDto.from(caller);
  }

  private answer(reply: FastifyReply, signedIn: SignedIn): SignedInDto {
    void reply.header('Cache-Control', 'no-store');
    this.cookie.write(reply, signedIn.refreshToken);
    return SignedInDto.from(signedIn);
  }
}
