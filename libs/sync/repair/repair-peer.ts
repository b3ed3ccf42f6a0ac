import { Injectable } from '@nestjs/common';
import type { Package } from '#libs/entities/package.entity.js';
import type { Peer } from '#libs/entities/peer.entity.js';
import { CatalogClockRepository } from '#libs/packages/catalog/catalog-clock.repository.js';
import { PeerClient } from '#libs/peers/client/peer-client.js';
import { agreement } from '#libs/replication/catalog-digest.js';
import { CatalogReceiver } from '../catalog/catalog-receiver.js';
import { Feed } from '../catalog/feed.js';
import { readAcknowledgement, readPart } from '../catalog/peer-messages.js';
import { OutboundContent } from '../firewalled/outbound-content.js';
import { CatalogRanges } from './catalog-ranges.js';
import { GIVEN_LIMIT, NAMES_LIMIT, readDigests, readRangeAnswer } from './repair-messages.js';
import type { Repaired } from './repair-log.js';

const PATH = '/api/ods/repair';
/** Calls that one repair makes at most; what is left is compared the next time. */
const MOST_CALLS = 64;

/** Makes the catalogs of this server and one peer the same, in both directions over calls of this server (MESH §13). */
@Injectable()
export class RepairPeer {
  constructor(
    private readonly client: PeerClient,
    private readonly ranges: CatalogRanges,
    private readonly receiver: CatalogReceiver,
    private readonly feed: Feed,
    private readonly clocks: CatalogClockRepository,
    private readonly outbound: OutboundContent,
  ) {}

  /** Parts of the digest that differ at this moment. */
  async differing(peer: Peer, signal: AbortSignal): Promise<number[]> {
    const theirs = readDigests(await this.client.json(peer, 'POST', PATH, { body: {}, signal }));
    const ours = await this.ranges.digests();
    const munki = theirs.munki_digest === undefined ? [] : agreement(ours.munki_digest, theirs.munki_digest);
    const same = [...agreement(ours.digest, theirs.digest), ...munki];
    return same.flatMap((isSame, bucket) => (isSame ? [] : [bucket]));
  }

  async repair(peer: Peer, buckets: readonly number[], signal: AbortSignal): Promise<Repaired> {
    const total = { received: 0, sent: 0 };
    let calls = 0;
    for (const bucket of buckets) {
      for (let after: string | null = null; ;) {
        if (calls >= MOST_CALLS) return total;
        calls += 1;
        const step = await this.compare(peer, bucket, after, signal);
        total.received += step.received;
        total.sent += step.sent;
        if (step.until === null) break;
        after = step.until;
      }
    }
    return total;
  }

  /** One page of this server's names: takes what the peer has otherwise, and gives what it wants. */
  private async compare(
    peer: Peer,
    bucket: number,
    after: string | null,
    signal: AbortSignal,
  ): Promise<Repaired & { until: string | null }> {
    const rows = await this.ranges.rowsIn(bucket);
    const rest = this.ranges.namesOf(rows).filter(([key]) => after === null || key > after);
    const names = rest.slice(0, NAMES_LIMIT);
    const until = rest.length > NAMES_LIMIT ? names.at(-1)![0] : null;
    const answer = await this.client.json(peer, 'POST', PATH, { body: { bucket, after, until, names }, signal });
    const { wants, until: reached } = readRangeAnswer(answer);
    const { items, keys } = readPart(answer);
    const { taken } = await this.receiver.receive(peer, items, keys);
    const sent = await this.give(
      peer,
      wants.map((key) => rows.get(key)).filter((row) => row !== undefined),
      signal,
    );
    return { received: taken, sent, until: reached };
  }

  /** As a push that belongs to no place in the feed. */
  private async give(peer: Peer, rows: readonly Package[], signal: AbortSignal): Promise<number> {
    let sent = 0;
    for (let at = 0; at < rows.length; at += GIVEN_LIMIT) {
      const part = await this.feed.partOf(rows.slice(at, at + GIVEN_LIMIT));
      const body = { epoch: (await this.clocks.read()).epoch, since: 0, next: 0, ...part, repair: true };
      const answer = await this.client.json(peer, 'POST', '/api/ods/notifications', { body, signal });
      const taken = Number((answer as { taken?: unknown } | null)?.taken ?? 0);
      sent += Number.isSafeInteger(taken) && taken > 0 ? taken : 0;
      await this.outbound.offer(peer, readAcknowledgement(answer).wants);
    }
    return sent;
  }
}
