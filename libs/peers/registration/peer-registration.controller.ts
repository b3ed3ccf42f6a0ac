import { Body, Delete, Get, Headers, HttpCode, Post, Query, UseGuards } from '@nestjs/common';
import { ServerIdentity } from '#libs/about/server-identity.js';
import type { Peer } from '#libs/entities/peer.entity.js';
import { Public } from '#libs/platform/http/public.decorator.js';
import { AdmissionService } from './admission.service.js';
import { CurrentPeer, PeerApi } from '../auth/peer-api.decorator.js';
import { KEY_PROOF_HEADER } from './key-proof.js';
import { PeerChallenge } from './peer-challenge.js';
import { PROTOCOL } from '../auth/protocol.guard.js';
import { PeersService } from '../peers.service.js';
import { RegistrationThrottle } from './registration-throttle.js';
import { PeerTokenRefused } from '../peers.errors.js';

interface PublicRecord {
  readonly iss: string;
  readonly name: string;
  readonly protocol: number;
  /** Present when a challenge was sent. */
  readonly proof?: string;
}

/** Registration between servers (MESH §8). */
@PeerApi()
export class PeerRegistrationController {
  constructor(
    private readonly admission: AdmissionService,
    private readonly challenge: PeerChallenge,
    private readonly identity: ServerIdentity,
    private readonly peers: PeersService,
  ) {}

  @Get('about')
  @Public()
  @UseGuards(RegistrationThrottle)
  async about(@Query('challenge') challenge?: unknown): Promise<PublicRecord> {
    const { iss, name } = await this.identity.get();
    const isChallenge = typeof challenge === 'string' && /^[0-9a-f]{32}$/.test(challenge);
    return { iss, name, protocol: PROTOCOL, ...(isChallenge ? { proof: await this.challenge.answer(challenge) } : {}) };
  }

  @Post('register')
  @Public()
  @UseGuards(RegistrationThrottle)
  @HttpCode(201)
  async register(
    @Headers('authorization') authorization?: string,
    @Headers(KEY_PROOF_HEADER) keyProof?: string,
  ): Promise<{ record: string }> {
    const token = /^Bearer ([\w-]+\.[\w-]+\.[\w-]+)$/.exec(authorization ?? '')?.[1];
    if (!token) throw new PeerTokenRefused('A registration needs a token signed with the registration key.');
    return { record: await this.admission.admit(token, keyProof) };
  }

  @Delete('register')
  @HttpCode(204)
  unregister(@CurrentPeer() peer: Peer): Promise<void> {
    return this.peers.dismissedBy(peer);
  }

  @Post('about')
  @HttpCode(200)
  async exchange(@CurrentPeer() peer: Peer, @Body() body: Record<string, unknown>): Promise<{ record: string }> {
    return { record: await this.admission.exchange(peer, body) };
  }
}
