import { ChangeDetectionStrategy, Component, computed, effect, inject, signal } from '@angular/core';
import { MatButtonModule } from '@angular/material/button';
import { type BlockedServerDto, createInvitation, deleteInvitation, type InvitationDto, unblockServer } from '#libs/api-client';
import { CopyButton } from '../shared/copy-button';
import { curlOf } from '../shared/curl';
import { Notices } from '../shared/notices';
import { When } from '../shared/when';
import { AdmissionStore } from './admission-store';
import { writeInvitation } from './invitation';
import { NetworkStore } from './network-store';

/** Invitations to register with this server, and the servers that may not. For administrators. */
@Component({
  selector: 'ods-admission-card',
  changeDetection: ChangeDetectionStrategy.OnPush,
  imports: [CopyButton, MatButtonModule, When],
  template: `
    <section class="card" aria-labelledby="admission-title">
      <div class="row spread">
        <h2 id="admission-title" i18n>Who may register here</h2>
        <button matButton="outlined" (click)="invite()" i18n>Create invitation</button>
      </div>
      @if (fresh(); as text) {
        <p class="row">
          <span i18n>The invitation is good for one server, once, within 24 hours. It is shown only now.</span>
          <ods-copy [text]="text" what="the new invitation" i18n-what label="Copy new invitation" i18n-label />
        </p>
      }
      @for (invitation of invitations(); track invitation.id) {
        <p class="row spread">
          @if (invitation.used_by) {
            <span i18n>Invitation {{ invitation.id }}: used by {{ invitation.used_by }}</span>
          } @else {
            <span i18n>Invitation {{ invitation.id }} {{ invitation.note }}: expires <ods-when [at]="invitation.expires_ts" /></span>
          }
          <button matButton (click)="remove(invitation)" [attr.aria-label]="removeLabel(invitation)" i18n>Delete</button>
        </p>
      }
      @for (server of blocked(); track server.iss) {
        <p class="row spread">
          <span i18n>{{ server.name }} is blocked since <ods-when [at]="server.blocked_ts" /></span>
          <button matButton (click)="unblock(server)" [attr.aria-label]="unblockLabel(server)" i18n>Unblock</button>
        </p>
      }
    </section>
  `,
})
export class AdmissionCard {
  private readonly store = inject(AdmissionStore);
  private readonly network = inject(NetworkStore);
  private readonly notices = inject(Notices);

  protected readonly invitations = this.store.invitations;
  protected readonly blocked = this.store.blocked;
  protected readonly fresh = signal<string | null>(null);
  private readonly registered = computed(() => this.network.peers());

  constructor() {
    // Registering and unregistering change both lists.
    effect(() => {
      this.registered();
      void this.notices.attempt(() => this.store.load());
    });
  }

  protected removeLabel = ({ id }: InvitationDto): string => $localize`Delete invitation ${id}`;
  protected unblockLabel = ({ name }: BlockedServerDto): string => $localize`Unblock ${name}`;

  protected async invite(): Promise<void> {
    const curl = curlOf(createInvitation, { body: {} });
    const create = async (): Promise<void> => {
      const { url, iss_id, key } = await this.store.invite();
      this.fresh.set(writeInvitation({ url: url ?? '', iss_id, key }));
    };
    await this.notices.attempt(create, $localize`The invitation is ready to be copied.`, { curl });
  }

  protected async remove({ id }: InvitationDto): Promise<void> {
    await this.notices.attempt(() => this.store.remove(id), $localize`The invitation was deleted.`, {
      curl: curlOf(deleteInvitation, { id }),
    });
  }

  protected async unblock({ iss, name }: BlockedServerDto): Promise<void> {
    await this.notices.attempt(() => this.store.unblock(iss), $localize`${name} may register again.`, {
      curl: curlOf(unblockServer, { iss }),
    });
  }
}
