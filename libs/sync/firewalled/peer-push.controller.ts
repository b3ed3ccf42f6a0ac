import { Body, Get, HttpCode, Param, Put } from '@nestjs/common';
import type { Peer } from '#libs/entities/peer.entity.js';
import { CurrentPeer, PeerApi } from '#libs/peers/auth/peer-api.decorator.js';
import { LimitBody, TakesBody } from '#libs/platform/http/bodies/body-limits.js';
import { ContentReceipt, type PushPlan } from './content-receipt.js';
import { bytesOf, checkIndex, checkUuid } from './push-request.js';

/** A chunk list of the largest content takes 20 bytes for each MiB of it, a block one MiB; lines between sites may be slow. */
const CONTENT_BODY = { maxBytes: 4 * 2 ** 20, maxSeconds: 600, maxIdleSeconds: 30 };

/** Where firewalled peers push content (MESH §7). */
@PeerApi('packages/:uuid')
export class PeerPushController {
  constructor(private readonly receipt: ContentReceipt) {}

  @Get('push')
  plan(@Param('uuid') uuid: string): Promise<PushPlan> {
    return this.receipt.plan(checkUuid(uuid));
  }

  @Put('manifest')
  @TakesBody('bytes')
  @LimitBody(CONTENT_BODY)
  @HttpCode(204)
  takeManifest(@CurrentPeer() peer: Peer, @Param('uuid') uuid: string, @Body() body: unknown): Promise<void> {
    return this.receipt.takeManifest(peer, checkUuid(uuid), bytesOf(body));
  }

  @Put('blocks/:index')
  @TakesBody('bytes')
  @LimitBody(CONTENT_BODY)
  @HttpCode(204)
  takeBlock(@CurrentPeer() peer: Peer, @Param('uuid') uuid: string, @Param('index') index: string, @Body() body: unknown): Promise<void> {
    return this.receipt.takeBlock(peer, checkUuid(uuid), checkIndex(index), bytesOf(body));
  }
}
