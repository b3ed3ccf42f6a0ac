import { ChangeDetectionStrategy, Component, computed, inject, signal } from '@angular/core';
import { MatButtonModule } from '@angular/material/button';
import { MatMenuModule } from '@angular/material/menu';
import { MatSnackBar } from '@angular/material/snack-bar';
import { RouterLink } from '@angular/router';
import type { PeerDto } from '#libs/api-client';
import { Session } from '../session/session';
import { Chip, type ChipTone } from '../shared/chip';
import { Confirm } from '../shared/confirm';
import { CopyButton } from '../shared/copy-button';
import { pollWhileVisible } from '../shared/poll';
import { sentenceOf } from '../shared/problem';
import { When } from '../shared/when';
import { writeInvitation } from './invitation';
import { NetworkStore } from './network-store';
import { RegisterForm } from './register-form';

const tones: Readonly<Record<PeerDto['status'], ChipTone>> = { connected: 'good', unreachable: 'bad', paused: 'plain', unknown: 'warn' };
const REFRESH_MS = 3_000;

/** This server, the servers it knows, and how to get to know more. */
@Component({
  changeDetection: ChangeDetectionStrategy.OnPush,
  imports: [Chip, CopyButton, MatButtonModule, MatMenuModule, RegisterForm, RouterLink, When],
  templateUrl: './network.html',
  styles: `
    p {
      margin: 0;
    }
    .card .title {
      margin: 0;
      padding: 16px 20px;
    }
    td:first-child {
      min-width: 150px;
    }
    .hint {
      margin-bottom: 12px;
    }
  `,
})
export class Network {
  private readonly store = inject(NetworkStore);
  private readonly confirm = inject(Confirm);
  private readonly snackBar = inject(MatSnackBar);
  private readonly session = inject(Session);

  protected readonly isAdmin = this.session.isAdmin;
  protected readonly mayPublish = this.session.mayPublish;
  protected readonly peers = this.store.peers;
  protected readonly self = this.store.self;
  protected readonly isRevealed = signal(false);
  protected readonly tones = tones;
  protected readonly invitation = computed(() => {
    const self = this.self();
    return self?.url ? writeInvitation({ url: self.url, iss_id: self.iss, key: self.key }) : null;
  });

  constructor() {
    void this.store.load();
    if (this.isAdmin()) void this.attempt(() => this.store.loadSelf());
    pollWhileVisible(
      () => this.store.load(),
      () => REFRESH_MS,
    );
  }

  protected word({ status, lag }: PeerDto): string {
    if (status === 'unreachable') return 'Unreachable';
    if (status === 'paused') return 'Paused';
    if (status === 'unknown') return 'Not heard of lately';
    return lag === 0 ? 'In sync' : `${lag} ${lag === 1 ? 'change' : 'changes'} to tell`;
  }

  protected async sync({ id, name }: PeerDto): Promise<void> {
    await this.attempt(() => this.store.sync(id), `Comparing with ${name} now.`);
  }

  protected async setPaused({ id, name }: PeerDto, paused: boolean): Promise<void> {
    await this.attempt(() => this.store.setPaused(id, paused), paused ? `${name} is paused.` : `${name} goes on.`);
  }

  protected async unregister(peer: PeerDto): Promise<void> {
    const text = 'The two servers stop exchanging packages. What each has, stays. You can register them again.';
    if (!(await this.confirm.ask({ title: `Unregister ${peer.name}?`, text, action: 'Unregister' }))) return;
    await this.attempt(() => this.store.unregister(peer.id), `${peer.name} was unregistered.`);
  }

  protected retry(): void {
    void this.store.load();
  }

  private async attempt(work: () => Promise<void>, done?: string): Promise<void> {
    try {
      await work();
      if (done !== undefined) this.snackBar.open(done, undefined, { duration: 4_000 });
    } catch (error) {
      this.snackBar.open(sentenceOf(error), 'Close');
    }
  }
}
