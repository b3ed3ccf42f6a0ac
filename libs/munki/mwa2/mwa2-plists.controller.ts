import { Delete, Get, Patch, Post, Put, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { DownloadAnswers } from '#libs/downloads/download-answers.js';
import { filenameKey } from '#libs/packages/filename.js';
import { MUNKI_PREFIX } from '#libs/replication/space.js';
import { MunkiFileNotFound } from '../munki.errors.js';
import { Mwa2Api, Mwa2Read, Mwa2Write, sendAnswer, wantsPlist } from './mwa2-api.js';
import { Mwa2Lists } from './mwa2-lists.service.js';
import { Mwa2Plists } from './mwa2-plists.service.js';
import { isConfirmed, repositoryPath, targetOf } from './mwa2-target.js';
import { queryOf } from './mwa2-values.js';

const FOLDERS = ['manifests', 'pkgsinfo'];
const FILES = FOLDERS.map((folder) => `${folder}/*`);
const XML = { type: 'application/xml', isAttachment: false };

@Mwa2Api()
export class Mwa2PlistsController {
  constructor(
    private readonly plists: Mwa2Plists,
    private readonly lists: Mwa2Lists,
    private readonly answers: DownloadAnswers,
  ) {}

  @Get(FOLDERS)
  @Mwa2Read()
  async list(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    sendAnswer({ status: 200, value: await this.lists.items(targetOf(request).kind, queryOf(request.query)) }, request, reply);
  }

  /** As it is stored, where XML is asked for. */
  @Get(FILES)
  @Mwa2Read()
  async get(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const target = targetOf(request);
    const path = repositoryPath(target);
    const wanted = { keys: [filenameKey(MUNKI_PREFIX + path)], missing: () => new MunkiFileNotFound(path), isAllowed: true };
    if (wantsPlist(request)) await this.answers.get(wanted, XML, request, reply);
    else sendAnswer({ status: 200, value: await this.plists.read(target) }, request, reply);
  }

  @Post([...FOLDERS, ...FILES])
  @Mwa2Write('any')
  post(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.write(request, reply);
  }

  @Put([...FOLDERS, ...FILES])
  @Mwa2Write('any')
  put(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.write(request, reply);
  }

  @Patch([...FOLDERS, ...FILES])
  @Mwa2Write('any')
  patch(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.write(request, reply);
  }

  @Delete([...FOLDERS, ...FILES])
  @Mwa2Write('stream')
  remove(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.write(request, reply);
  }

  private async write(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const { method, headers, body, query } = request;
    sendAnswer(await this.plists.write(targetOf(request), { method, headers, body, isConfirmed: isConfirmed(query) }), request, reply);
  }
}
