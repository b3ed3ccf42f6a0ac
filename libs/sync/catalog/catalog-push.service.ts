import { Injectable } from '@nestjs/common';
import type { Peer } from '#libs/entities/peer.entity.js';
import { CatalogClockRepository } from '#libs/packages/catalog/catalog-clock.repository.js';
import { PeerRepository } from '#libs/peers/peer.repository.js';
import { WantList } from '../firewalled/want-list.js';
import { RepairLog } from '../repair/repair-log.js';
import { CatalogReceiver, type ReceivedItem } from './catalog-receiver.js';
import { readPush } from './peer-messages.js';
import { isHexId } from '#libs/replication/hex-id.js';

/** The answer to a push: which database took it, and how much of it was new. */
export interface PushResponse {
  readonly epoch: string;
  readonly taken: number;
  readonly refused: string[];
  /** Nothing was taken: an administrator has paused the sender here. What was sent is to be sent again. */
  readonly paused?: true;
  /** Which of the sender's changes were refused. */
  readonly refused_seqs?: number[];
  /** For a firewalled peer: which of what it holds it may push here (MESH §7). */
  readonly wants?: string[];
}

const heldUuids = (items: readonly ReceivedItem[]): string[] =>
  items
    .filter(({ held }) => held)
    .map(({ entry }) => (entry as { uuid?: unknown } | null)?.uuid)
    .filter(isHexId);

/** Receives pushes (MESH §4). */
@Injectable()
export class CatalogPushService {
  constructor(
    private readonly receiver: CatalogReceiver,
    private readonly peers: PeerRepository,
    private readonly clocks: CatalogClockRepository,
    private readonly wantList: WantList,
    private readonly repairs: RepairLog,
  ) {}

  async receive(peer: Peer, body: unknown): Promise<PushResponse> {
    const push = readPush(body);
    // A sender of an earlier version takes this for an acknowledgement; its feed is read when it is resumed, and catalogs are compared.
    if (peer.paused) return { epoch: (await this.clocks.read()).epoch, taken: 0, refused: [], paused: true };
    const receipt = await this.receiver.receive(peer, push.items, push.keys);
    if (push.isRepair) await this.repairs.record(peer, { received: receipt.taken, sent: 0 });
    const continuesReading = push.epoch === peer.pulledEpoch && push.since <= peer.pulledSeq && push.next > peer.pulledSeq;
    // Then the next reading need not ask for all this again.
    if (continuesReading) await this.peers.setPulled(peer.iss, push.epoch, push.next);
    const wants = peer.firewalledMode ? { wants: await this.wantList.among(heldUuids(push.items)) } : {};
    const { taken, refused, refusedSeqs } = receipt;
    return { epoch: (await this.clocks.read()).epoch, taken, refused, refused_seqs: refusedSeqs, ...wants };
  }
}
