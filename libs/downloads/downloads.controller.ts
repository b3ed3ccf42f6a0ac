import { Controller, Get, Head, Param, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Public } from '#libs/platform/http/public.decorator.js';
import { DownloadAnswers } from './download-answers.js';
import { packageCalled } from './download.service.js';

const PLACE = 'Packages are downloaded from here by their names. There is no listing.\n';
const form = { type: 'application/octet-stream', isAttachment: true };
const paths = ['share/:filename', 'share/Packages/:filename', 'Packages/:filename'];

/** What managed computers download. Jamf Pro appends `/Packages` to a distribution point's context. Never a redirect. */
@ApiExcludeController()
@Public()
@Controller()
export class DownloadsController {
  constructor(private readonly answers: DownloadAnswers) {}

  @Head('share')
  headShare(@Res() reply: FastifyReply): void {
    this.answerShare(reply);
  }

  @Get('share')
  getShare(@Res() reply: FastifyReply): void {
    this.answerShare(reply);
  }

  /** That something is here, and never what: names of packages are for those who know them. */
  private answerShare(reply: FastifyReply): void {
    void reply.headers({ 'Cache-Control': 'no-cache', 'Content-Type': 'text/plain; charset=utf-8' }).send(PLACE);
  }

  /** Before GET, or Fastify makes a HEAD of its own that says Content-Length: 0. */
  @Head(paths)
  head(@Param('filename') filename: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.answers.head(packageCalled(filename), form, request, reply);
  }

  @Get(paths)
  get(@Param('filename') filename: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.answers.get(packageCalled(filename), form, request, reply);
  }
}
