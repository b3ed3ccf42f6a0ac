import { Injectable } from '@nestjs/common';
import { ServerChanged } from '#libs/about/about.jobs.js';
import { ServerIdentity } from '#libs/about/server-identity.js';
import { Clock } from '#libs/platform/clock.js';
import { JobHandler, type JobContext } from '#libs/platform/jobs/job-handler.js';
import type { JobType } from '#libs/platform/jobs/job-type.js';
import { Jobs } from '#libs/platform/jobs/jobs.js';
import { AdmissionService } from './admission.service.js';
import { PeerClient } from '../client/peer-client.js';
import { recordOf } from './peer-record.js';
import { PeerRepository } from '../peer.repository.js';
import { PeerRefused } from '../peers.errors.js';
import { PeerNews, UnregisterPeer } from '../peers.jobs.js';
import { SeenTokenRepository } from '../auth/seen-token.repository.js';

/** Exchange current records with one peer. Keyed by the peer's iss. */
const AnnounceServer: JobType<{ iss: string }> = {
  name: 'registration.tell-peer',
  lane: 'peer',
  maxAttempts: Infinity,
  backoffMs: 1_000,
  backoffCapMs: 300_000,
};

/** A firewalled server cannot be notified by its peers: it asks them. */
const RefreshPeers: JobType<Record<string, never>> = {
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

/** This server's record changed: each peer is notified in a job of its own, and called in the way that fits the new mode. */
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
      if (!firewalledMode) await this.jobs.add(AnnounceServer, { iss }, { key: iss, now: true });
      await this.jobs.add(PeerNews, { iss }, { key: iss, now: true });
    }
  }
}

@Injectable()
export class RefreshPeersHandler extends JobHandler<Record<string, never>> {
  readonly type = RefreshPeers;

  constructor(
    private readonly peers: PeerRepository,
    private readonly identity: ServerIdentity,
    private readonly jobs: Jobs,
  ) {
    super();
  }

  async run(): Promise<void> {
    if (!(await this.identity.get()).firewalledMode) return;
    for (const { iss } of await this.peers.findAll()) await this.jobs.add(AnnounceServer, { iss }, { key: iss });
  }
}

@Injectable()
export class AnnounceServerHandler extends JobHandler<{ iss: string }> {
  readonly type = AnnounceServer;

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
    const answer = await this.client.json(peer, 'POST', '/api/ods/about', { body, signal, patience: 2, isTry: true });
    await this.admission.learnFrom(peer, String((answer as { record?: unknown } | null)?.record));
  }
}

/** Notifies a server that it was unregistered here. */
@Injectable()
export class UnregisterPeerHandler extends JobHandler<{ iss: string; url: string }> {
  readonly type = UnregisterPeer;

  constructor(
    private readonly peers: PeerRepository,
    private readonly client: PeerClient,
  ) {
    super();
  }

  async run({ iss, url }: { iss: string; url: string }, { signal }: JobContext): Promise<void> {
    if (await this.peers.findByIss(iss)) return; // registered again meanwhile
    try {
      await this.client.json({ iss, url }, 'DELETE', '/api/ods/register', { signal, isTry: true });
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
