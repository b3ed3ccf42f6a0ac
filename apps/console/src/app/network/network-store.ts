import { inject, Injectable, signal } from '@angular/core';
import {
  type AboutDto,
  Api,
  forgetServer,
  getAbout,
  getNetwork,
  listRegisteredOds,
  type NetworkDto,
  type PeerDto,
  register,
  syncRegisteredOds,
  unregisterOds,
  updateRegisteredOds,
  type UpdatePeerDto,
} from '#libs/api-client';
import { type Loadable, loading } from '../shared/loadable';
import { sentenceOf } from '../shared/problem';
import type { Invitation } from './invitation';

/** This server and those it is registered with. Components read; only this class calls the API. */
@Injectable({ providedIn: 'root' })
export class NetworkStore {
  private readonly api = inject(Api);
  private readonly known = signal<Loadable<readonly PeerDto[]>>(loading);
  private readonly whole = signal<NetworkDto | null>(null);
  private readonly own = signal<AboutDto | null>(null);

  readonly peers = this.known.asReadonly();
  /** Also servers that are not registered here; null until it is known. */
  readonly mesh = this.whole.asReadonly();
  readonly self = this.own.asReadonly();

  async load(): Promise<void> {
    try {
      const [peers, mesh] = await Promise.all([this.api.invoke(listRegisteredOds, {}), this.api.invoke(getNetwork, {})]);
      this.known.set({ status: 'ready', value: peers.items });
      this.whole.set(mesh);
    } catch (error) {
      if (this.known().status !== 'ready') this.known.set({ status: 'failed', message: sentenceOf(error) });
    }
  }

  /** The record of this server has its key, so only administrators may read it. */
  async loadSelf(): Promise<void> {
    this.own.set(await this.api.invoke(getAbout, {}));
  }

  async register(invitation: Invitation): Promise<PeerDto> {
    const peer = await this.api.invoke(register, { body: invitation });
    await this.load();
    return peer;
  }

  async forget(iss: string): Promise<void> {
    await this.api.invoke(forgetServer, { iss });
    await this.load();
  }

  async sync(id: number): Promise<void> {
    await this.api.invoke(syncRegisteredOds, { id });
  }

  async change(id: number, body: UpdatePeerDto): Promise<void> {
    await this.api.invoke(updateRegisteredOds, { id, body });
    await this.load();
  }

  async unregister(id: number): Promise<void> {
    await this.api.invoke(unregisterOds, { id });
    await Promise.all([this.load(), this.loadSelf()]); // the registration key is another one now
  }
}
