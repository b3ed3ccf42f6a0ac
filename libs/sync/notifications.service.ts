import { Injectable } from '@nestjs/common';
import type { Peer } from '#libs/entities/peer.entity.js';
import { CatalogClockRepository } from '#libs/packages/catalog-clock.repository.js';
import { PeerRepository } from '#libs/registration/peer.repository.js';
import { Inbox } from './inbox.js';
import { readPoke } from './peer-messages.js';

/** What a poke answers: whose database took it, and how much of it was news. */
export interface PokeAnswer {
  readonly epoch: string;
  readonly taken: number;
  readonly refused: string[];
}

/** Takes pokes (MESH §4). */
@Injectable()
export class NotificationsService {
  constructor(
    private readonly inbox: Inbox,
    private readonly peers: PeerRepository,
    private readonly clocks: CatalogClockRepository,
  ) {}

  async receive(peer: Peer, body: unknown): Promise<PokeAnswer> {
    const poke = readPoke(body);
    // What a paused peer tells is read from its feed when it is resumed.
    if (peer.paused) return { epoch: (await this.clocks.read()).epoch, taken: 0, refused: [] };
    const receipt = await this.inbox.receive(peer, poke.items);
    const continuesReading = poke.epoch === peer.pulledEpoch && poke.since <= peer.pulledSeq && poke.next > peer.pulledSeq;
    // Then the next reading need not ask for all this again.
    if (continuesReading && receipt.refused.length === 0) await this.peers.setPulled(peer.iss, poke.epoch, poke.next);
    return { epoch: (await this.clocks.read()).epoch, ...receipt };
  }
}
