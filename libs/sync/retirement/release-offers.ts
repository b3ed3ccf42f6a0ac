import { Injectable, Logger } from '@nestjs/common';
import type { Content } from '#libs/entities/content.entity.js';
import type { Peer } from '#libs/entities/peer.entity.js';
import { PeerClient } from '#libs/peers/client/peer-client.js';
import { PeerRefused } from '#libs/peers/peers.errors.js';
import { admits } from '#libs/replication/stage.js';
import { ContentSources } from '../fetch/content-sources.js';
import { readReleaseAnswer } from './release-messages.js';

type Offered = Pick<Content, 'uuid' | 'size' | 'sha1' | 'manifestSha256' | 'filename'> & { readonly stage: Content['stage'] };

/** A server of the version before does not know the call; one without the route, or without the method on it. */
const isUnknownCall = (error: unknown): boolean => error instanceof PeerRefused && [404, 405].includes(error.peerStatus);

/** Asks all peers that can be called whether they keep their copies. No answer is a no (MESH §5). */
@Injectable()
export class ReleaseOffers {
  private readonly logger = new Logger(ReleaseOffers.name);

  constructor(
    private readonly sources: ContentSources,
    private readonly client: PeerClient,
  ) {}

  /** The contents that at least one peer keeps. */
  async ask(offered: readonly Offered[], signal: AbortSignal): Promise<Set<string>> {
    const answers = (await this.sources.candidates()).map(async (peer) => {
      try {
        return await this.askPeer(peer, offered, signal);
      } catch (error) {
        if (signal.aborted) throw error;
        this.logger.debug(`${peer.name} promises nothing: ${(error as Error).message}`);
        return [];
      }
    });
    return new Set((await Promise.all(answers)).flat());
  }

  private async askPeer(peer: Peer, offered: readonly Offered[], signal: AbortSignal): Promise<string[]> {
    const uuids = offered.map(({ uuid }) => uuid);
    try {
      return readReleaseAnswer(await this.client.json(peer, 'POST', '/api/ods/contents/release', { body: { uuids }, signal }), uuids);
    } catch (error) {
      if (!isUnknownCall(error)) throw error;
      return this.askEarlierVersion(peer, offered, signal);
    }
  }

  /** Its "I have it" counts only where it serves the content at its stage: what it withdrew, it removes as soon as it sees ours. */
  private async askEarlierVersion(peer: Peer, offered: readonly Offered[], signal: AbortSignal): Promise<string[]> {
    const served: string[] = [];
    for (const content of offered) {
      if (!admits(peer.stage, content.stage)) continue;
      if ((await this.sources.availability(peer, content, signal)).isFull) served.push(content.uuid);
    }
    return served;
  }
}
