import { ChangeDetectionStrategy, Component, computed, effect, inject, signal } from '@angular/core';
import { MatButtonModule } from '@angular/material/button';
import { MatDialog } from '@angular/material/dialog';
import { firstValueFrom } from 'rxjs';
import { type BlockedServerDto, type CreatedInvitationDto, deleteInvitation, type InvitationDto, unblockServer } from '#libs/api-client';
import { CopyButton } from '../shared/copy-button';
import { curlOf } from '../shared/curl';
import { Notices } from '../shared/notices';
import { When } from '../shared/when';
import { presetWords } from '../trust/rights-words';
import { AdmissionStore } from './admission-store';
import { writeInvitation } from './invitation';
import { InviteDialog } from './invite-dialog';
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
        <button matButton="outlined" (click)="invite()" i18n>Create invitation…</button>
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
            <span i18n>Invitation {{ invitation.id }}{{ rightsOf(invitation) }}: used by {{ invitation.used_by }}</span>
          } @else {
            <span i18n
              >Invitation {{ invitation.id }} {{ invitation.note }}{{ rightsOf(invitation) }}: expires
              <ods-when [at]="invitation.expires_ts"
            /></span>
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
  private readonly dialog = inject(MatDialog);

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

  /** What the server may do that registers with it; empty when the invitation does not say. */
  protected rightsOf = ({ preset }: InvitationDto): string => (preset === null ? '' : ` (${presetWords[preset]})`);

  protected async invite(): Promise<void> {
    const ref = this.dialog.open<InviteDialog, void, CreatedInvitationDto>(InviteDialog, { width: '520px' });
    const created = await firstValueFrom(ref.afterClosed());
    if (!created) return;
    const { url, iss_id, key } = created;
    this.fresh.set(writeInvitation({ url: url ?? '', iss_id, key }));
    this.notices.done($localize`The invitation is ready to be copied.`);
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
