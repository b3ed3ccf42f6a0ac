import { Body, Get, HttpCode, Post, Query } from '@nestjs/common';
import { Type } from 'class-transformer';
import { IsInt, IsOptional, Max, Min } from 'class-validator';
import type { Peer } from '#libs/entities/peer.entity.js';
import { CurrentPeer, PeerApi } from '#libs/registration/peer-api.decorator.js';
import { Feed, FEED_PAGE_LIMIT, type FeedPage } from './feed.js';
import { WantList, type Wants } from './firewalled/want-list.js';
import { NotificationsService, type PokeAnswer } from './notifications.service.js';

class FeedQuery {
  @Type(() => Number) @IsInt() @Min(0) since = 0;
  @Type(() => Number) @IsInt() @Min(1) @Max(FEED_PAGE_LIMIT) limit = FEED_PAGE_LIMIT;
  /** Seconds to hold the call open until there is news. */
  @IsOptional() @Type(() => Number) @IsInt() @Min(0) @Max(60) wait = 0;
  /** For firewalled readers: where the list of what is wanted here goes on. */
  @IsOptional() @Type(() => Number) @IsInt() @Min(0) @Max(Number.MAX_SAFE_INTEGER) wants_before: number | null = null;
}

/** The changes feed and pokes (MESH §3, §4). */
@PeerApi()
export class PeerFeedController {
  constructor(
    private readonly feed: Feed,
    private readonly notifications: NotificationsService,
    private readonly wantList: WantList,
  ) {}

  @Get('catalog')
  async catalog(@CurrentPeer() peer: Peer, @Query() query: FeedQuery): Promise<FeedPage & Partial<Wants>> {
    const { since, limit, wait, wants_before: wantsBefore } = query;
    if (wait > 0) await this.feed.waitForNews(since, wait * 1_000);
    const page = await this.feed.page(since, limit);
    return peer.firewalledMode ? { ...page, ...(await this.wantList.page(wantsBefore)) } : page;
  }

  @Post('notifications')
  @HttpCode(202)
  receive(@CurrentPeer() peer: Peer, @Body() body: unknown): Promise<PokeAnswer> {
    return this.notifications.receive(peer, body);
  }
}
