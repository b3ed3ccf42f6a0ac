import { Injectable } from '@nestjs/common';
import type { RefusedWrite } from '#libs/entities/refused-write.entity.js';
import { Clock } from '#libs/platform/clock.js';
import { sha256Hex } from '#libs/platform/crypto/digest.js';
import { Database } from '#libs/platform/database/database.js';
import { refusedWrites } from '#libs/platform/metrics/meters.js';
import { shownText } from '#libs/replication/plain-text.js';
import type { Refusal } from '#libs/replication/refusal.js';
import { writeToWire } from '#libs/replication/wire-write.js';
import { RefusedWriteRepository } from './refused-write.repository.js';

/** Kept of one peer at most: what it floods this server with pushes out its own older ones. */
const MOST_OF_PEER = 5_000;
/** Text columns of MySQL end at 64 KiB. */
const MAX_WRITES_BYTES = 60_000;

interface Sender {
  readonly iss: string;
  readonly name: string;
}

const clip = (text: string): string => Array.from(shownText(text)).slice(0, 255).join('');

/** Keeps what was refused, once each, for people to see and to accept; counts it. Who sent it is made known by PeerRefusals. */
@Injectable()
export class RefusedWrites {
  constructor(
    private readonly refused: RefusedWriteRepository,
    private readonly db: Database,
    private readonly clock: Clock,
  ) {}

  async keep(peer: Sender, refusals: readonly Refusal[]): Promise<void> {
    if (refusals.length === 0) return;
    refusals.forEach(({ code }) => refusedWrites.inc({ code }));
    const rows = new Map(refusals.map((refusal) => this.row(peer, refusal)).map((row) => [row.digest, row]));
    await this.db.transaction(async () => {
      const known = await this.refused.findDigests([...rows.keys()]);
      const news = [...rows.values()].filter(({ digest }) => !known.has(digest));
      if (news.length === 0) return;
      await this.refused.insertMany(news);
      await this.refused.removeOldestOf(peer.iss, (await this.refused.countOf(peer.iss)) - MOST_OF_PEER);
    });
  }

  private row(peer: Sender, { code, filename, reason, writes }: Refusal): Omit<RefusedWrite, 'id'> {
    const text = JSON.stringify(writes.map(writeToWire));
    const isKept = writes.length > 0 && Buffer.byteLength(text) <= MAX_WRITES_BYTES;
    return {
      // What could not be read is known by what is wrong with it.
      digest: sha256Hex(JSON.stringify([peer.iss, code, filename, isKept ? text : reason])),
      peerIss: peer.iss,
      peerName: peer.name,
      filename: clip(filename),
      authorIss: writes[0]?.stamp.iss ?? null,
      code,
      reason: shownText(reason.slice(0, 1_000)),
      writes: isKept ? text : null,
      receivedMs: this.clock.now(),
    };
  }
}
