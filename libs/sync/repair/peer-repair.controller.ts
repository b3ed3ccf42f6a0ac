import { Body, HttpCode, Post } from '@nestjs/common';
import type { Peer } from '#libs/entities/peer.entity.js';
import { CurrentPeer, PeerApi } from '#libs/peers/auth/peer-api.decorator.js';
import { PeerPaused } from '#libs/peers/peers.errors.js';
import { CatalogRanges, type RangeResponse } from './catalog-ranges.js';
import { type DigestAnswer, readRangeRequest } from './repair-messages.js';

/** Comparing catalogs name by name (MESH §13). */
@PeerApi()
export class PeerRepairController {
  constructor(private readonly ranges: CatalogRanges) {}

  @Post('repair')
  @HttpCode(200)
  async compare(@CurrentPeer() peer: Peer, @Body() body: unknown): Promise<RangeResponse | DigestAnswer> {
    if (peer.paused) throw new PeerPaused(peer.name);
    const request = readRangeRequest(body);
    return request ? this.ranges.compare(request) : this.ranges.digests();
  }
}
