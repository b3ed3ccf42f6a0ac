import { ChangeDetectionStrategy, Component, computed, inject, signal } from '@angular/core';
import { MatButtonModule } from '@angular/material/button';
import { MatDialog } from '@angular/material/dialog';
import { MatMenuModule } from '@angular/material/menu';
import { RouterLink } from '@angular/router';
import { firstValueFrom } from 'rxjs';
import { type PeerDto, syncRegisteredOds, unregisterOds, updateRegisteredOds } from '#libs/api-client';
import { Session } from '../session/session';
import { Chip, type ChipTone } from '../shared/chip';
import { Confirm } from '../shared/confirm';
import { CopyButton } from '../shared/copy-button';
import { curlOf } from '../shared/curl';
import { bytes } from '../shared/format';
import { labels } from '../shared/labels';
import { valueOf } from '../shared/loadable';
import { Notices } from '../shared/notices';
import { pollWhileVisible } from '../shared/poll';
import { When } from '../shared/when';
import { AdmissionCard } from './admission-card';
import { writeInvitation } from './invitation';
import { MeshCard } from './mesh-card';
import { NetworkStore } from './network-store';
import { PeerLimits } from './peer-limits';
import { RegisterForm } from './register-form';

const tones: Readonly<Record<PeerDto['status'], ChipTone>> = { connected: 'good', unreachable: 'bad', paused: 'plain', unknown: 'warn' };
const REFRESH_MS = 3_000;

/** This server, the servers it knows, and how to get to know more. */
@Component({
  changeDetection: ChangeDetectionStrategy.OnPush,
  imports: [AdmissionCard, Chip, CopyButton, MatButtonModule, MatMenuModule, MeshCard, RegisterForm, RouterLink, When],
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
      min-width: 200px;
    }
    .hint {
      margin-bottom: 12px;
    }
  `,
})
export class Network {
  protected readonly labels = labels;
  private readonly store = inject(NetworkStore);
  private readonly confirm = inject(Confirm);
  private readonly dialog = inject(MatDialog);
  private readonly notices = inject(Notices);
  private readonly session = inject(Session);

  protected readonly isAdmin = this.session.isAdmin;
  protected readonly mayPublish = this.session.mayPublish;
  protected readonly peers = this.store.peers;
  protected readonly self = this.store.self;
  protected readonly mesh = this.store.mesh;
  /** Without any peer, what is known of other servers is out of date. */
  protected readonly hasPeers = computed(() => (valueOf(this.peers()) ?? []).length > 0);
  protected readonly isRevealed = signal(false);
  protected readonly tones = tones;
  protected readonly invitation = computed(() => {
    const self = this.self();
    return self?.url ? writeInvitation({ url: self.url, iss_id: self.iss, key: self.key }) : null;
  });

  constructor() {
    void this.store.load();
    if (this.isAdmin()) void this.notices.attempt(() => this.store.loadSelf());
    pollWhileVisible(
      () => this.store.load(),
      () => REFRESH_MS,
    );
  }

  protected word({ status, lag }: PeerDto): string {
    if (status === 'unreachable') return $localize`Unreachable`;
    if (status === 'paused') return $localize`Paused`;
    if (status === 'unknown') return $localize`Not seen recently`;
    if (lag === 0) return $localize`In sync`;
    return lag === 1 ? $localize`1 change pending` : $localize`${lag} changes pending`;
  }

  protected async sync({ id, name }: PeerDto): Promise<void> {
    const curl = curlOf(syncRegisteredOds, { id });
    await this.notices.attempt(() => this.store.sync(id), $localize`Comparing with ${name} now.`, { curl });
  }

  protected async setPaused({ id, name }: PeerDto, paused: boolean): Promise<void> {
    const curl = curlOf(updateRegisteredOds, { id, body: { paused } });
    const done = paused ? $localize`${name} is paused.` : $localize`${name} resumed.`;
    const undo = async (): Promise<void> => void (await this.notices.attempt(() => this.store.change(id, { paused: !paused })));
    await this.notices.attempt(() => this.store.change(id, { paused }), done, { curl, undo });
  }

  protected async limit(peer: PeerDto): Promise<void> {
    const ref = this.dialog.open<PeerLimits, PeerDto, boolean>(PeerLimits, { data: peer, width: '480px' });
    if (await firstValueFrom(ref.afterClosed())) this.notices.done($localize`The limits of ${peer.name} count from now on.`);
  }

  protected async unregister({ id, name }: PeerDto): Promise<void> {
    const title = $localize`Unregister ${name}?`;
    const text = $localize`The two servers stop exchanging packages; what each has, stays. The server is blocked until you unblock it here, and this server gets a new registration key.`;
    if (!(await this.confirm.ask({ title, text, action: $localize`Unregister`, curl: curlOf(unregisterOds, { id }) }))) return;
    await this.notices.attempt(() => this.store.unregister(id), $localize`${name} was unregistered.`);
  }

  /** Its limits in words; null when it has none. */
  protected limitsOf({ download_limit, upload_limit }: PeerDto): string | null {
    const parts = [
      ...(download_limit === null ? [] : [$localize`from there at most ${bytes(download_limit)}/s`]),
      ...(upload_limit === null ? [] : [$localize`to there at most ${bytes(upload_limit)}/s`]),
    ];
    return parts.length === 0 ? null : parts.join(', ');
  }

  protected retry(): void {
    void this.store.load();
  }
}
