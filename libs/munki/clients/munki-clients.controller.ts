import { Controller, Get, Head, Param, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { DownloadAnswers, type DownloadForm } from '#libs/downloads/download-answers.js';
import { packageCalled, type WantedDownload } from '#libs/downloads/download.service.js';
import { filenameKey, munkiFolders } from '#libs/packages/filename.js';
import { Public } from '#libs/platform/http/public.decorator.js';
import { MUNKI_PREFIX } from '#libs/replication/space.js';
import { ICON_HASHES, MunkiCatalogs } from '../catalogs/munki-catalogs.js';
import { MunkiFileNotFound } from '../munki.errors.js';

const PLACE = 'Munki clients find their repository here. There is no listing.\n';
const xml: DownloadForm = { type: 'application/xml', isAttachment: false };
const bytes: DownloadForm = { type: 'application/octet-stream', isAttachment: false };
const SHARE = 'pkgs/share/';
const CATALOGS = 'catalogs/';
/** Folders that clients read; pkgsinfo is for those who make catalogs. */
const served: readonly string[] = munkiFolders.filter((folder) => folder !== 'pkgsinfo');

/** The repository as Munki's `SoftwareRepoURL` has it. Never a redirect. */
@ApiExcludeController()
@Public()
@Controller('munki')
export class MunkiClientsController {
  constructor(
    private readonly answers: DownloadAnswers,
    private readonly catalogs: MunkiCatalogs,
  ) {}

  @Head()
  headPlace(@Res() reply: FastifyReply): void {
    this.place(reply);
  }

  @Get()
  getPlace(@Res() reply: FastifyReply): void {
    this.place(reply);
  }

  @Head('*')
  async head(@Param('*') path: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    if (path === '') this.place(reply);
    else if (!(await this.isMade(path, request, reply))) await this.answers.head(fileAt(path), formOf(path), request, reply);
  }

  @Get('*')
  async get(@Param('*') path: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    if (path === '') this.place(reply);
    else if (!(await this.isMade(path, request, reply))) await this.answers.get(fileAt(path), formOf(path), request, reply);
  }

  private place(reply: FastifyReply): void {
    void reply.headers({ 'Cache-Control': 'no-cache', 'Content-Type': 'text/plain; charset=utf-8' }).send(PLACE);
  }

  /** Answers what this server makes of the files. Throws MunkiFileNotFound. */
  private async isMade(path: string, request: FastifyRequest, reply: FastifyReply): Promise<boolean> {
    if (path !== ICON_HASHES && !path.startsWith(CATALOGS)) return false;
    await this.answers.requireAccess(request);
    const { documents } = await this.catalogs.current();
    const document = documents.get(path);
    if (!document) throw new MunkiFileNotFound(path);
    this.answers.document(document, xml, request, reply);
    return true;
  }
}

const formOf = (path: string): DownloadForm => (path.startsWith('manifests/') ? xml : bytes);

/** `pkgs/share/NAME` is the package of that name in the share. */
function fileAt(path: string): WantedDownload {
  const missing = () => new MunkiFileNotFound(path);
  if (path.startsWith(SHARE)) return { ...packageCalled(path.slice(SHARE.length)), missing };
  const isServed = served.includes(path.split('/', 1)[0]!);
  return { keys: isServed ? [filenameKey(MUNKI_PREFIX + path)] : [], missing };
}
