import { Body, Get, HttpCode, Post, Put } from '@nestjs/common';
import { ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { AdminApi } from '#libs/platform/admin-api/admin-api.decorator.js';
import { Roles } from '#libs/platform/admin-api/roles.decorator.js';
import { LimitBody } from '#libs/platform/http/bodies/body-limits.js';
import { ApiProblems } from '#libs/platform/errors/api-problems.js';
import { EmailDto, SetEmailDto, TestedEmailDto } from './dto/email.dto.js';
import { EmailService } from './email.service.js';

const DIGEST_MINUTES = 5;
/** Fifty addresses of the greatest length. */
const ADDRESSES_BODY = { maxBytes: 48 * 2 ** 10 };

@AdminApi('notifications/email')
@Roles('admin')
export class EmailController {
  constructor(private readonly email: EmailService) {}

  @Get()
  @ApiOperation({ operationId: 'getEmail', summary: 'The settings of e-mail, and the result of the last message' })
  @ApiOkResponse({ type: EmailDto })
  @ApiProblems(401, 403)
  async get(): Promise<EmailDto> {
    return EmailDto.from(await this.email.get());
  }

  @Put()
  @ApiOperation({ operationId: 'setEmail', summary: 'Set up e-mail, or switch it on or off' })
  @ApiOkResponse({ type: EmailDto })
  @ApiProblems(400, 401, 403)
  @LimitBody(ADDRESSES_BODY)
  async set(@Body() body: SetEmailDto): Promise<EmailDto> {
    const { verify_certificate, username, password, digest_minutes, ...rest } = body;
    const input = { ...rest, verifyCertificate: verify_certificate ?? true, username: username ?? null, password };
    return EmailDto.from(await this.email.set({ ...input, digestMinutes: digest_minutes ?? DIGEST_MINUTES }));
  }

  @Post('test')
  @HttpCode(200)
  @ApiOperation({ operationId: 'testEmail', summary: 'Send a test message with what is saved; the answer says what the mail server did' })
  @ApiOkResponse({ type: TestedEmailDto })
  @ApiProblems(401, 403, 422)
  async test(): Promise<TestedEmailDto> {
    return TestedEmailDto.from(await this.email.test());
  }
}
