import { Delete, Get, Patch, Post, Put, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { DownloadAnswers } from '#libs/downloads/download-answers.js';
import { ICON_HASHES } from '../catalogs/munki-catalogs.js';
import { Mwa2Api, Mwa2Read, Mwa2Write, sendAnswer, wantsPlist } from './mwa2-api.js';
import { Mwa2Derived } from './mwa2-derived.service.js';
import { Mwa2Lists } from './mwa2-lists.service.js';
import { methodOf, repositoryPath, targetOf } from './mwa2-target.js';
import { queryOf } from './mwa2-values.js';

const XML = { type: 'application/xml', isAttachment: false };
const FILES = ['catalogs/*', ICON_HASHES];
const PLACES = ['catalogs', ...FILES];
const statusOf = { POST: 201, DELETE: 204 } as const;

/** What each server makes of the files. Tools read it, and may write it: that is accepted and dropped, so that none of them fails. */
@Mwa2Api()
export class Mwa2DerivedController {
  constructor(
    private readonly derived: Mwa2Derived,
    private readonly lists: Mwa2Lists,
    private readonly answers: DownloadAnswers,
  ) {}

  @Get('catalogs')
  @Mwa2Read()
  async list(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    sendAnswer({ status: 200, value: await this.lists.catalogList(queryOf(request.query)) }, request, reply);
  }

  @Get('catalogs/*')
  @Mwa2Read()
  async get(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const path = repositoryPath(targetOf(request));
    if (wantsPlist(request)) this.answers.document(await this.derived.document(path), XML, request, reply);
    else sendAnswer({ status: 200, value: await this.derived.values(path) }, request, reply);
  }

  @Get(ICON_HASHES)
  @Mwa2Read()
  async iconHashes(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    this.answers.document(await this.derived.document(ICON_HASHES), XML, request, reply);
  }

  @Post(PLACES)
  @Mwa2Write('stream')
  post(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.drop(request, reply);
  }

  @Put(PLACES)
  @Mwa2Write('stream')
  put(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.drop(request, reply);
  }

  @Patch(PLACES)
  @Mwa2Write('stream')
  patch(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.drop(request, reply);
  }

  @Delete(PLACES)
  @Mwa2Write('stream')
  remove(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.drop(request, reply);
  }

  private async drop(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    await this.derived.drop(request.raw);
    const method = methodOf(request);
    const status = method === 'POST' || method === 'DELETE' ? statusOf[method] : 200;
    sendAnswer(status === 204 ? { status } : { status, value: new Map() }, request, reply);
  }
}
