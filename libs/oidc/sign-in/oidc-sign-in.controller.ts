import { Body, Get, HttpCode, Post, Query, Req, Res, UseGuards } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiQuery, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { clientOf } from '#libs/accounts/client.js';
import { RefreshCookie } from '#libs/accounts/refresh-cookie.js';
import { SameSiteGuard } from '#libs/accounts/same-site.guard.js';
import { AdminApi } from '#libs/platform/admin-api/admin-api.decorator.js';
import { CurrentUser, type Principal } from '#libs/platform/admin-api/principal.js';
import { Roles } from '#libs/platform/admin-api/roles.decorator.js';
import { ApiProblems } from '#libs/platform/errors/api-problems.js';
import { Public } from '#libs/platform/http/public.decorator.js';
import { PublicPath } from '#libs/platform/http/public-path.js';
import { AttemptCookie } from './attempt-cookie.js';
import { BeginOidcDto, OidcBegunDto, OidcButtonDto, OidcEndSessionDto } from './dto/sign-in.dto.js';
import { type Asker, type Begun, type Landing, OidcSignInService } from './oidc-sign-in.service.js';

const asker = (request: FastifyRequest): Asker => ({ origin: request.headers.origin, address: clientOf(request).address });

const answerParameter = (name: string, example: string) => ApiQuery({ name, type: String, required: false, example });

@ApiTags('auth')
@AdminApi('auth/oidc')
@UseGuards(SameSiteGuard)
export class OidcSignInController {
  constructor(
    private readonly signIns: OidcSignInService,
    private readonly attempts: AttemptCookie,
    private readonly sessions: RefreshCookie,
    private readonly paths: PublicPath,
  ) {}

  @Get()
  @Public()
  @ApiOperation({ operationId: 'getOidcSignIn', security: [], summary: 'Whether people may sign in with the company' })
  @ApiOkResponse({ type: OidcButtonDto })
  async button(): Promise<OidcButtonDto> {
    return OidcButtonDto.from(await this.signIns.label());
  }

  @Post('begin')
  @Public()
  @HttpCode(200)
  @ApiOperation({
    operationId: 'beginOidcSignIn',
    security: [],
    summary: 'Begin a sign-in with the company',
    description: 'Also sets a cookie that is good for ten minutes: only the same browser can end the sign-in.',
  })
  @ApiOkResponse({ type: OidcBegunDto })
  @ApiProblems(400, 403, 404, 409, 415, 429, 502)
  async begin(
    @Body() { then }: BeginOidcDto,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<OidcBegunDto> {
    return this.leave(reply, await this.signIns.begin({ ...asker(request), then, link: null }));
  }

  @Post('link')
  @Roles('viewer')
  @HttpCode(200)
  @ApiOperation({
    operationId: 'linkOidcAccount',
    summary: "Sign in with the company from now on, instead of with one's password",
    description: 'Ends when the browser has signed in there: then the password is removed, and the role comes from the groups.',
  })
  @ApiOkResponse({ type: OidcBegunDto })
  @ApiProblems(401, 403, 404, 409, 415, 429, 502)
  async link(
    @CurrentUser() caller: Principal,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<OidcBegunDto> {
    return this.leave(reply, await this.signIns.beginLink(caller, asker(request)));
  }

  @Get('callback')
  @Public()
  @HttpCode(303)
  @ApiOperation({
    operationId: 'finishOidcSignIn',
    security: [],
    summary: 'Where the provider sends the browser back to',
    description: 'Ends in a page of the console: with the refresh cookie of a sign-in, or with the reason why there is none.',
  })
  @answerParameter('code', 'SplxlOBeZQQYbYS6WxSbIA')
  @answerParameter('state', 'af0ifjsldkj')
  @answerParameter('iss', 'https://login.example.com')
  @answerParameter('error', 'access_denied')
  @ApiResponse({ status: 303, description: 'The page of the console that comes next.' })
  async finish(
    @Query() _answer: Record<string, string>, // providers add parameters of their own
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<void> {
    const search = request.url.slice(request.url.indexOf('?'));
    this.land(reply, await this.signIns.finish({ search, attempt: this.attempts.read(request), client: clientOf(request) }));
  }

  @Post('end_session')
  @Public()
  @HttpCode(200)
  @ApiOperation({ operationId: 'endOidcSession', security: [], summary: 'Where a person also signs out at the provider' })
  @ApiOkResponse({ type: OidcEndSessionDto })
  @ApiProblems(403, 404, 415, 429, 502)
  async endSession(@Req() request: FastifyRequest): Promise<OidcEndSessionDto> {
    return { url: await this.signIns.endSession(clientOf(request).address) };
  }

  private leave(reply: FastifyReply, { url, attempt }: Begun): OidcBegunDto {
    this.attempts.write(reply, attempt);
    void reply.header('Cache-Control', 'no-store');
    return { url };
  }

  private land(reply: FastifyReply, { path, signedIn, isOver }: Landing): void {
    if (isOver) this.attempts.clear(reply);
    if (signedIn) this.sessions.write(reply, signedIn.refreshToken);
    void reply.header('Cache-Control', 'no-store').header('Referrer-Policy', 'no-referrer');
    void reply.header('Location', this.paths.of(reply.request.headers) + path);
  }
}
