import { Injectable } from '@nestjs/common';
import type { Peer } from '#libs/entities/peer.entity.js';
import { CatalogClockRepository } from '#libs/packages/catalog-clock.repository.js';
import { PeerRepository } from '#libs/registration/peer.repository.js';
import { WantList } from './firewalled/want-list.js';
import { Inbox, type ReceivedItem } from './inbox.js';
import { readPoke } from './peer-messages.js';

/** What a poke answers: whose database took it, and how much of it was news. */
export interface PokeAnswer {
  readonly epoch: string;
  readonly taken: number;
  readonly refused: string[];
  /** Told to a firewalled peer: which of what it holds it may push here (MESH §7). */
  readonly wants?: string[];
}

const heldUuids = (items: readonly ReceivedItem[]): string[] =>
  items
    .filter(({ held }) => held)
    .map(({ entry }) => (entry as { uuid?: unknown } | null)?.uuid)
    .filter((uuid): uuid is string => typeof uuid === 'string');

/** Takes pokes (MESH §4). */
@Injectable()
export class NotificationsService {
  constructor(
    private readonly inbox: Inbox,
    private readonly peers: PeerRepository,
    private readonly clocks: CatalogClockRepository,
    private readonly wantList: WantList,
  ) {}

  async receive(peer: Peer, body: unknown): Promise<PokeAnswer> {
    const poke = readPoke(body);
    // What a paused peer tells is read from its feed when it is resumed.
    if (peer.paused) return { epoch: (await this.clocks.read()).epoch, taken: 0, refused: [] };
    const receipt = await this.inbox.receive(peer, poke.items);
    const continuesReading = poke.epoch === peer.pulledEpoch && poke.since <= peer.pulledSeq && poke.next > peer.pulledSeq;
    // Then the next reading need not ask for all this again.
    if (continuesReading && receipt.refused.length === 0) await this.peers.setPulled(peer.iss, poke.epoch, poke.next);
    const wants = peer.firewalledMode ? { wants: await this.wantList.among(heldUuids(poke.items)) } : {};
    return { epoch: (await this.clocks.read()).epoch, ...receipt, ...wants };
  }
}
