import { Get, Headers, Param, Query, Res } from '@nestjs/common';
import { Type } from 'class-transformer';
import { IsIn, IsInt, IsOptional, Max, Min } from 'class-validator';
import type { FastifyReply } from 'fastify';
import type { Peer } from '#libs/entities/peer.entity.js';
import { type RootAlgorithm, rootAlgorithms } from '#libs/platform/crypto/block-digest.js';
import { ContentReadFailed, rangeBody } from '#libs/platform/http/file-body.js';
import { parseRange } from '#libs/platform/http/http-range.js';
import { CurrentPeer, PeerApi } from '#libs/peers/auth/peer-api.decorator.js';
import { Throttle } from '../limits/throttle.js';
import { type Availability, ContentOffer, ContentUnknown } from './content-offer.js';

class AvailabilityQuery {
  /** Seconds to hold the call open until there is more than `known`. */
  @Type(() => Number) @IsInt() @Min(0) @Max(60) wait = 0;
  @Type(() => Number) @IsInt() @Min(-1) @Max(Number.MAX_SAFE_INTEGER) known = -1;
}

class ManifestQuery {
  @IsOptional() @IsIn(rootAlgorithms) list?: RootAlgorithm;
}

function checkUuid(uuid: string): string {
  if (!/^[0-9a-f]{32}$/.test(uuid)) throw new ContentUnknown(uuid.slice(0, 40));
  return uuid;
}

/** Content between servers (MESH §6, §9). */
@PeerApi('packages/:uuid')
export class PeerContentController {
  constructor(
    private readonly offer: ContentOffer,
    private readonly throttle: Throttle,
  ) {}

  @Get('availability')
  availability(@Param('uuid') uuid: string, @Query() { wait, known }: AvailabilityQuery): Promise<Availability> {
    return this.offer.availability(checkUuid(uuid), known, wait * 1_000);
  }

  /** The chunk list; with `list` the block list of the root that was made with that algorithm. */
  @Get('manifest')
  async manifest(@Param('uuid') uuid: string, @Query() { list: algorithm }: ManifestQuery, @Res() reply: FastifyReply): Promise<void> {
    const { list, hash } = await this.offer.list(checkUuid(uuid), algorithm ?? null);
    void reply.headers({ ETag: `"${hash}"`, 'Content-Type': 'application/octet-stream' }).send(list);
  }

  @Get('content')
  async content(
    @CurrentPeer() { iss }: Peer,
    @Param('uuid') uuid: string,
    @Headers('range') range: string | undefined,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const size = await this.offer.size(checkUuid(uuid));
    const [wanted] = parseRange(range, size) ?? [{ start: 0, end: size - 1 }];
    if (!wanted) {
      void reply.status(416).header('Content-Range', `bytes */${size}`).send();
      return;
    }
    const length = wanted.end - wanted.start + 1;
    const handle = await this.offer.open(uuid, wanted.start, length);
    const body = rangeBody(handle, wanted).once('error', (error) => {
      if (error instanceof ContentReadFailed) void this.offer.readFailed(uuid, error);
    });
    void reply
      .status(range === undefined ? 200 : 206)
      .headers({
        'Content-Type': 'application/octet-stream',
        'Content-Length': length,
        'Content-Range': `bytes ${wanted.start}-${wanted.end}/${size}`,
      })
      .send(await this.throttle.slow('upload', iss, body));
  }
}
