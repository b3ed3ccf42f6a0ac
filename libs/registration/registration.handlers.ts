import { Injectable } from '@nestjs/common';
import { ServerChanged } from '#libs/about/about.jobs.js';
import { ServerIdentity } from '#libs/about/server-identity.js';
import { Clock } from '#libs/platform/clock.js';
import { JobHandler, type JobContext } from '#libs/platform/jobs/job-handler.js';
import type { JobType } from '#libs/platform/jobs/job-type.js';
import { Jobs } from '#libs/platform/jobs/jobs.js';
import { AdmissionService } from './admission.service.js';
import { PeerClient } from './peer-client.js';
import { recordOf } from './peer-record.js';
import { PeerRepository } from './peer.repository.js';
import { PeerRefused } from './registration.errors.js';
import { PeerNews, SayGoodbye } from './registration.jobs.js';
import { SeenTokenRepository } from './seen-token.repository.js';

/** Tell one peer this server's record of today, and hear its own. Keyed by the peer's iss. */
const TellPeer: JobType<{ iss: string }> = {
  name: 'registration.tell-peer',
  lane: 'quick',
  maxAttempts: Infinity,
  backoffMs: 1_000,
  backoffCapMs: 300_000,
};

/** Nobody can call a firewalled server to tell it news: it asks. */
const AskPeers: JobType<Record<string, never>> = {
  name: 'registration.ask-peers',
  lane: 'quick',
  maxAttempts: Infinity,
  backoffMs: 60_000,
  backoffCapMs: 600_000,
  everyMs: 900_000,
};

const PurgeSeenTokens: JobType<Record<string, never>> = {
  name: 'registration.purge-seen-tokens',
  lane: 'quick',
  maxAttempts: Infinity,
  backoffMs: 60_000,
  backoffCapMs: 600_000,
  everyMs: 300_000,
};

/** This server's record changed: each peer is told on its own, and spoken with in the way that fits the new mode. */
@Injectable()
export class ServerChangedHandler extends JobHandler<Record<string, never>> {
  readonly type = ServerChanged;

  constructor(
    private readonly peers: PeerRepository,
    private readonly jobs: Jobs,
  ) {
    super();
  }

  async run(): Promise<void> {
    for (const { iss, firewalledMode } of await this.peers.findAll()) {
      if (!firewalledMode) await this.jobs.add(TellPeer, { iss }, { key: iss, now: true });
      await this.jobs.add(PeerNews, { iss }, { key: iss, now: true });
    }
  }
}

@Injectable()
export class AskPeersHandler extends JobHandler<Record<string, never>> {
  readonly type = AskPeers;

  constructor(
    private readonly peers: PeerRepository,
    private readonly identity: ServerIdentity,
    private readonly jobs: Jobs,
  ) {
    super();
  }

  async run(): Promise<void> {
    if (!(await this.identity.get()).firewalledMode) return;
    for (const { iss } of await this.peers.findAll()) await this.jobs.add(TellPeer, { iss }, { key: iss });
  }
}

@Injectable()
export class TellPeerHandler extends JobHandler<{ iss: string }> {
  readonly type = TellPeer;

  constructor(
    private readonly peers: PeerRepository,
    private readonly identity: ServerIdentity,
    private readonly client: PeerClient,
    private readonly admission: AdmissionService,
  ) {
    super();
  }

  async run({ iss }: { iss: string }, { signal }: JobContext): Promise<void> {
    const peer = await this.peers.findByIss(iss);
    if (!peer || peer.firewalledMode) return;
    const body = recordOf(await this.identity.read());
    // It makes sure that a new URL answers as this server before it answers.
    const answer = await this.client.json(peer, 'POST', '/api/ods/about', { body, signal, patience: 2 });
    await this.admission.learnFrom(peer, String((answer as { record?: unknown } | null)?.record));
  }
}

/** Tells a server that it was unregistered here. */
@Injectable()
export class SayGoodbyeHandler extends JobHandler<{ iss: string; url: string }> {
  readonly type = SayGoodbye;

  constructor(
    private readonly peers: PeerRepository,
    private readonly client: PeerClient,
  ) {
    super();
  }

  async run({ iss, url }: { iss: string; url: string }, { signal }: JobContext): Promise<void> {
    if (await this.peers.findByIss(iss)) return; // registered again meanwhile
    try {
      await this.client.json({ iss, url }, 'DELETE', '/api/ods/register', { signal });
    } catch (error) {
      if (error instanceof PeerRefused && error.problemCode === 'peer-unknown') return; // it has forgotten us already
      throw error;
    }
  }
}

/** Forgets used tokens that have expired. */
@Injectable()
export class PurgeSeenTokensHandler extends JobHandler<Record<string, never>> {
  readonly type = PurgeSeenTokens;

  constructor(
    private readonly seen: SeenTokenRepository,
    private readonly clock: Clock,
  ) {
    super();
  }

  async run(): Promise<void> {
    await this.seen.removeExpired(this.clock.now());
  }
}
