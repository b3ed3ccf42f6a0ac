import { Body, Get, HttpCode, Post, Query, Res } from '@nestjs/common';
import { Transform } from 'class-transformer';
import { ArrayMaxSize, ArrayMinSize, IsString, Matches } from 'class-validator';
import type { FastifyReply } from 'fastify';
import type { Peer } from '#libs/entities/peer.entity.js';
import { CurrentPeer, PeerApi } from '#libs/peers/auth/peer-api.decorator.js';
import { KeepPromises } from '../retirement/keep-promises.js';
import { type ReleaseAnswer, ReleaseOfferDto } from '../retirement/release-messages.js';
import { BATCH_LIMIT, ContentBatch } from './content-batch.js';
import { Throttle } from '../limits/throttle.js';

class BatchQuery {
  /** Separated by commas. */
  @Transform(({ value }) => (typeof value === 'string' ? value.split(',') : value) as unknown)
  @ArrayMinSize(1)
  @ArrayMaxSize(BATCH_LIMIT)
  @IsString({ each: true })
  @Matches(/^[0-9a-f]{32}$/, { each: true })
  uuids!: string[];
}

/** Many small contents at once (MESH §9). */
@PeerApi('contents')
export class PeerContentsController {
  constructor(
    private readonly batch: ContentBatch,
    private readonly promises: KeepPromises,
    private readonly throttle: Throttle,
  ) {}

  @Get()
  async contents(@CurrentPeer() { iss }: Peer, @Query() { uuids }: BatchQuery, @Res() reply: FastifyReply): Promise<void> {
    const body = await this.throttle.slow('upload', iss, await this.batch.stream(uuids));
    void reply.header('Content-Type', 'application/octet-stream').send(body);
  }

  /** The caller would remove its copies: answers which of them this server promises to keep (MESH §5). */
  @Post('release')
  @HttpCode(200)
  async release(@CurrentPeer() peer: Peer, @Body() { uuids }: ReleaseOfferDto): Promise<ReleaseAnswer> {
    return { kept: await this.promises.give(peer, uuids) };
  }
}
