import { Body, Get, Headers, HttpCode, Post, Query } from '@nestjs/common';
import { Type } from 'class-transformer';
import { IsInt, IsOptional, Max, Min } from 'class-validator';
import type { Peer } from '#libs/entities/peer.entity.js';
import { CurrentPeer, PeerApi } from '#libs/peers/auth/peer-api.decorator.js';
import { LimitBody } from '#libs/platform/http/bodies/body-limits.js';
import { Feed, FEED_EPOCH_HEADER, FEED_PAGE_LIMIT, type FeedPage } from './feed.js';
import { WantList, type Wants } from '../firewalled/want-list.js';
import { CatalogPushService, type PushResponse } from './catalog-push.service.js';

class FeedQuery {
  @Type(() => Number) @IsInt() @Min(0) @Max(Number.MAX_SAFE_INTEGER) since = 0;
  @Type(() => Number) @IsInt() @Min(1) @Max(FEED_PAGE_LIMIT) limit = FEED_PAGE_LIMIT;
  /** Seconds to hold the call open until there is news. */
  @IsOptional() @Type(() => Number) @IsInt() @Min(0) @Max(60) wait = 0;
  /** For firewalled readers: where the list of what is wanted here continues. */
  @IsOptional() @Type(() => Number) @IsInt() @Min(0) @Max(Number.MAX_SAFE_INTEGER) wants_before: number | null = null;
}

/** A page of the feed: entries with their notes, and what servers say about themselves (MESH §4, §11). A wrong entry is refused alone. */
const PUSH_BODY = {
  ...{ maxBytes: 4 * 2 ** 20, maxKeys: 100_000, maxItems: 20_000, maxDepth: 16, maxTextBytes: 128 * 2 ** 10 },
  ...{ maxSeconds: 600, maxIdleSeconds: 30, numbers: 'each' as const },
};

/** The changes feed and what peers send of it (MESH §3, §4). */
@PeerApi()
export class PeerFeedController {
  constructor(
    private readonly feed: Feed,
    private readonly notifications: CatalogPushService,
    private readonly wantList: WantList,
  ) {}

  @Get('catalog')
  async catalog(
    @CurrentPeer() peer: Peer,
    @Query() query: FeedQuery,
    @Headers(FEED_EPOCH_HEADER) known?: string,
  ): Promise<FeedPage & Partial<Wants>> {
    const { since, limit, wait, wants_before: wantsBefore } = query;
    await this.feed.checkReader(known, since);
    if (wait > 0) await this.feed.waitForNews(since, wait * 1_000);
    const page = await this.feed.page(since, peer.iss, limit);
    return peer.firewalledMode ? { ...page, ...(await this.wantList.page(wantsBefore)) } : page;
  }

  @Post('notifications')
  @LimitBody(PUSH_BODY)
  @HttpCode(202)
  receive(@CurrentPeer() peer: Peer, @Body() body: unknown): Promise<PushResponse> {
    return this.notifications.receive(peer, body);
  }
}
