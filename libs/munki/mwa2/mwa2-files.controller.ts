import { Delete, Get, Patch, Post, Put, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { DownloadAnswers } from '#libs/downloads/download-answers.js';
import { packageCalled, type WantedDownload } from '#libs/downloads/download.service.js';
import { filenameKey } from '#libs/packages/filename.js';
import type { Principal } from '#libs/platform/admin-api/principal.js';
import { mayActAs } from '#libs/platform/admin-api/roles.decorator.js';
import { MUNKI_PREFIX } from '#libs/replication/space.js';
import { MunkiFileNotFound } from '../munki.errors.js';
import { Mwa2Api, Mwa2Read, Mwa2Write, sendAnswer } from './mwa2-api.js';
import { Mwa2Files } from './mwa2-files.service.js';
import { Mwa2Lists } from './mwa2-lists.service.js';
import { type Mwa2Target, repositoryPath, SHARE, targetOf } from './mwa2-target.js';

const FOLDERS = ['pkgs', 'icons'];
const FILES = FOLDERS.map((folder) => `${folder}/*`);
const BYTES = { type: 'application/octet-stream', isAttachment: true };

@Mwa2Api()
export class Mwa2FilesController {
  constructor(
    private readonly files: Mwa2Files,
    private readonly lists: Mwa2Lists,
    private readonly answers: DownloadAnswers,
  ) {}

  @Get(FOLDERS)
  @Mwa2Read()
  async list(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    sendAnswer({ status: 200, value: await this.lists.names(targetOf(request).kind) }, request, reply);
  }

  @Get(FILES)
  @Mwa2Read()
  async get(@Req() request: FastifyRequest & { user: Principal }, @Res() reply: FastifyReply): Promise<void> {
    await this.answers.get(wantedBy(request.user, targetOf(request)), BYTES, request, reply);
  }

  @Post([...FOLDERS, ...FILES])
  @Mwa2Write('stream')
  post(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.write(request, reply);
  }

  @Put([...FOLDERS, ...FILES])
  @Mwa2Write('stream')
  put(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.write(request, reply);
  }

  @Patch([...FOLDERS, ...FILES])
  @Mwa2Write('stream')
  patch(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.write(request, reply);
  }

  @Delete([...FOLDERS, ...FILES])
  @Mwa2Write('stream')
  remove(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.write(request, reply);
  }

  private async write(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    sendAnswer(await this.files.write(targetOf(request), request), request, reply);
  }
}

/** Packages of the share are downloads as others are, also for viewers; a publisher could make a link to each. */
function wantedBy({ role }: Principal, target: Mwa2Target): WantedDownload {
  const path = repositoryPath(target);
  const missing = () => new MunkiFileNotFound(path);
  const isShared = target.kind === 'pkgs' && target.path.startsWith(SHARE);
  if (isShared) return { ...packageCalled(target.path.slice(SHARE.length)), missing, isAllowed: mayActAs(role, 'publisher') };
  return { keys: [filenameKey(MUNKI_PREFIX + path)], missing, isAllowed: true };
}
