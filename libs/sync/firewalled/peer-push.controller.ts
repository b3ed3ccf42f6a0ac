import { Body, Get, HttpCode, Param, Put } from '@nestjs/common';
import type { Peer } from '#libs/entities/peer.entity.js';
import { CurrentPeer, PeerApi } from '#libs/registration/peer-api.decorator.js';
import { ContentReceipt, type PushPlan } from './content-receipt.js';
import { bytesOf, checkIndex, checkUuid } from './push-request.js';

/** Where firewalled peers push content (MESH §7). */
@PeerApi('packages/:uuid')
export class PeerPushController {
  constructor(private readonly receipt: ContentReceipt) {}

  @Get('push')
  plan(@Param('uuid') uuid: string): Promise<PushPlan> {
    return this.receipt.plan(checkUuid(uuid));
  }

  @Put('manifest')
  @HttpCode(204)
  takeManifest(@CurrentPeer() peer: Peer, @Param('uuid') uuid: string, @Body() body: unknown): Promise<void> {
    return this.receipt.takeManifest(peer, checkUuid(uuid), bytesOf(body));
  }

  @Put('blocks/:index')
  @HttpCode(204)
  takeBlock(@CurrentPeer() peer: Peer, @Param('uuid') uuid: string, @Param('index') index: string, @Body() body: unknown): Promise<void> {
    return this.receipt.takeBlock(peer, checkUuid(uuid), checkIndex(index), bytesOf(body));
  }
}
