import { Injectable, Logger } from '@nestjs/common';
import { ServerIdentity } from '#libs/about/server-identity.js';
import type { ServerState } from '#libs/entities/server-state.entity.js';
import { CatalogClockRepository } from '#libs/packages/catalog/catalog-clock.repository.js';
import { CatalogChanged } from '#libs/packages/packages.jobs.js';
import { Clock } from '#libs/platform/clock.js';
import { Database } from '#libs/platform/database/database.js';
import { Jobs } from '#libs/platform/jobs/jobs.js';
import { PeerRepository } from '#libs/peers/peer.repository.js';
import { readSigned, type SignedSummary, SummaryMalformed } from '#libs/replication/server-summary.js';
import { isTooFarAhead } from '#libs/replication/stamp.js';
import { ServerStateRepository } from './server-state.repository.js';
import { usualPublicKey } from '#libs/platform/crypto/es256.js';
import { isSignedWith } from './summary-signature.js';
import { isHexId } from '#libs/replication/hex-id.js';

/** Servers of a mesh that one server remembers. */
const MAX_SERVERS = 1_000;
/** Servers that one peer may introduce: what it invents must leave room for what others know. */
const MAX_INTRODUCED = 250;
/** Summaries taken in one transaction: all other writers wait for it. */
const MERGE_BATCH = 100;

type NewState = Pick<ServerState, 'iss' | 'publicKey' | 'issuedMs' | 'body' | 'signature'>;

/** The peer that sent summaries. */
export interface Introducer {
  readonly iss: string;
  readonly name: string;
}

interface Introduction {
  readonly from: Introducer;
  readonly refused: string[];
}

/** What a received summary is judged by. */
interface Judges {
  readonly own: string;
  /** The pinned keys of the servers that this one is registered with. */
  readonly peerKeys: ReadonlyMap<string, string>;
}

/**
 * The summaries of the mesh's servers. They travel in the changes feed as entries do (MESH §3); the newer one wins, and only its
 * server can have made it. One that is refused is dropped: its server makes a newer one soon, so nothing waits for it.
 */
@Injectable()
export class ServerStates {
  private readonly logger = new Logger(ServerStates.name);

  constructor(
    private readonly db: Database,
    private readonly states: ServerStateRepository,
    private readonly clocks: CatalogClockRepository,
    private readonly peers: PeerRepository,
    private readonly identity: ServerIdentity,
    private readonly jobs: Jobs,
    private readonly clock: Clock,
  ) {}

  findChangedAfter(seq: number, limit: number): Promise<ServerState[]> {
    return this.states.findChangedAfter(seq, limit);
  }

  /** Merges what a peer sent; adds to `refused` why summaries were refused. Answers how many were news. */
  async merge(from: Introducer, received: readonly unknown[], refused: string[] = []): Promise<number> {
    if (received.length === 0) return 0;
    const judges = await this.judges();
    const known = await this.knownAmong(received);
    const news = new Map<string, NewState>();
    for (const value of received) {
      const state = this.read(value, judges, known, refused);
      if (state && (news.get(state.iss)?.issuedMs ?? -1) < state.issuedMs) news.set(state.iss, state);
    }
    // One line, however much a hostile peer sends.
    if (refused.length > 0) this.logger.warn(`${from.name} sent ${refused.length} summaries that were refused: ${refused[0]}`);
    const states = [...news.values()];
    let taken = 0;
    for (let at = 0; at < states.length; at += MERGE_BATCH)
      taken += await this.take(states.slice(at, at + MERGE_BATCH), judges, { from, refused });
    return taken;
  }

  /** This server's own summary. */
  async publish(signed: SignedSummary, issuedMs: number): Promise<void> {
    await this.take([{ ...signed, issuedMs }], await this.judges(), null);
  }

  private async judges(): Promise<Judges> {
    const { iss } = await this.identity.get();
    return { own: iss, peerKeys: new Map((await this.peers.findAll()).map((peer) => [peer.iss, peer.publicKey])) };
  }

  private async knownAmong(received: readonly unknown[]): Promise<ReadonlyMap<string, ServerState>> {
    const named = received.map((value) => (value as { iss?: unknown } | null)?.iss).filter(isHexId);
    const rows = await this.states.findByIss([...new Set(named)]);
    return new Map(rows.map((row) => [row.iss, row]));
  }

  /** Null when it is no news or cannot be trusted. */
  private read(value: unknown, { own, peerKeys }: Judges, known: ReadonlyMap<string, ServerState>, refused: string[]): NewState | null {
    try {
      const { signed, summary } = readSigned(value, this.clock.now());
      if (signed.iss === own) return null;
      const row = known.get(signed.iss);
      const pinned = peerKeys.get(signed.iss) ?? (row?.forgotten ? undefined : row?.publicKey);
      const publicKey = pinned ?? usualPublicKey(signed.publicKey);
      if (publicKey === null) throw new SummaryMalformed(`The summary of ${signed.iss} has no usable public key.`);
      // Most of what peers send is known already: no need to check its signature again.
      if (row && row.publicKey === publicKey && row.issuedMs >= summary.issuedMs && !this.isOfTheFuture(row)) return null;
      if (!isSignedWith(publicKey, signed)) {
        throw new SummaryMalformed(`The summary of ${signed.iss} is not signed with the key that is known of it.`);
      }
      return { ...signed, publicKey, issuedMs: summary.issuedMs };
    } catch (error) {
      if (!(error instanceof SummaryMalformed)) throw error;
      refused.push(error.message);
      return null;
    }
  }

  private take(news: readonly NewState[], judges: Judges, introduction: Introduction | null): Promise<number> {
    return this.db.transaction(
      async () => {
        const clock = await this.clocks.lock();
        let { seq } = clock;
        for (const state of news) {
          const row = await this.states.find(state.iss);
          if (!this.isStillNews(state, row, judges)) continue;
          if (!row && !(await this.hasRoom(state.iss, judges, introduction))) continue;
          seq += 1;
          const introducedBy = row ? row.introducedBy : (introduction?.from.iss ?? null);
          await this.states.save({ ...state, seq, receivedMs: this.clock.now(), forgotten: false, introducedBy });
        }
        if (seq === clock.seq) return 0;
        await this.clocks.save({ seq, wallMs: clock.wallMs, counter: clock.counter });
        await this.jobs.add(CatalogChanged, {}, { key: 'all', now: true });
        return seq - clock.seq;
      },
      { canBeLost: true },
    );
  }

  /** Another call may have stored the same meanwhile, or have pinned another key. */
  private isStillNews({ iss, issuedMs, publicKey }: NewState, row: ServerState | null, { peerKeys }: Judges): boolean {
    if (row === null) return true;
    if (row.publicKey !== publicKey && peerKeys.has(iss)) return true; // what was kept before it was registered was not its own
    // One that a wrong clock has dated is no news of the future: any other follows it.
    const isLater = row.issuedMs < issuedMs || this.isOfTheFuture(row);
    return isLater && (row.publicKey === publicKey || row.forgotten);
  }

  private isOfTheFuture({ issuedMs }: ServerState): boolean {
    return isTooFarAhead({ wallMs: issuedMs, counter: 0 }, this.clock.now());
  }

  /** A server that is new gets no place when all are taken, or all those of the peer that introduces it; this server and its peers always get one. */
  private async hasRoom(iss: string, { own, peerKeys }: Judges, introduction: Introduction | null): Promise<boolean> {
    const isStranger = iss !== own && !peerKeys.has(iss);
    if (isStranger && introduction && (await this.states.countIntroducedBy(introduction.from.iss)) >= MAX_INTRODUCED) {
      introduction.refused.push(
        `${introduction.from.name} has introduced ${MAX_INTRODUCED} servers already; no more are stored on its word.`,
      );
      return false;
    }
    if ((await this.states.count()) < MAX_SERVERS) return true;
    if (isStranger) {
      this.logger.debug(`The server ${iss} is not remembered: ${MAX_SERVERS} servers are known already.`);
      return false;
    }
    const leastMissed = await this.states.findLeastMissed([own, ...peerKeys.keys()]);
    if (leastMissed !== null) await this.states.remove(leastMissed);
    return true;
  }
}
