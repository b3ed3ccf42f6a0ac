import { ChangeDetectionStrategy, Component, computed, inject, input, signal } from '@angular/core';
import { MatButtonModule } from '@angular/material/button';
import { RouterLink } from '@angular/router';
import { forgetServer, type NetworkDto, type NetworkServerDto } from '#libs/api-client';
import { HeldNote } from '../held/held-note';
import { Session } from '../session/session';
import { Chip } from '../shared/chip';
import { Confirm } from '../shared/confirm';
import { curlOf } from '../shared/curl';
import { LocalTimesPipe } from '../shared/format';
import { Notices } from '../shared/notices';
import { When } from '../shared/when';
import { conditionWords, noticeWords, troubledFirst } from './mesh-words';
import { NetworkStore } from './network-store';
import { Topology } from './topology';

const FIRST_SHOWN = 8;

/** Every server of the network, also those that are not registered here: has it all that belongs there, and why not. */
@Component({
  selector: 'ods-mesh-card',
  changeDetection: ChangeDetectionStrategy.OnPush,
  imports: [Chip, HeldNote, LocalTimesPipe, MatButtonModule, RouterLink, Topology, When],
  templateUrl: './mesh-card.html',
  styles: `
    p {
      margin: 0;
    }
    .card .title {
      margin: 0;
      padding: 16px 20px;
    }
    td {
      overflow-wrap: anywhere;
    }
    .main {
      width: 30%;
    }
    .more {
      padding: 8px 12px;
    }
  `,
})
export class MeshCard {
  private readonly store = inject(NetworkStore);
  private readonly confirm = inject(Confirm);
  private readonly notices = inject(Notices);

  readonly mesh = input.required<NetworkDto>();

  protected readonly isAdmin = inject(Session).isAdmin;
  protected readonly words = conditionWords;
  protected readonly noticeWords = noticeWords;
  protected readonly isWhole = signal(false);
  protected readonly servers = computed(() => {
    const all = troubledFirst(this.mesh().servers);
    return this.isWhole() ? all : all.slice(0, FIRST_SHOWN);
  });
  protected readonly hidden = computed(() => this.mesh().servers.length - this.servers().length);

  protected forgetLabel = ({ name }: NetworkServerDto): string => $localize`Hide ${name}`;

  protected async forget({ iss, name }: NetworkServerDto): Promise<void> {
    const title = $localize`Show ${name} no more?`;
    const text = $localize`For a server that was taken out of service. It is shown again as soon as it reports its state.`;
    if (!(await this.confirm.ask({ title, text, action: $localize`Hide`, curl: curlOf(forgetServer, { iss }) }))) return;
    await this.notices.attempt(() => this.store.forget(iss), $localize`${name} is shown no more.`);
  }
}
