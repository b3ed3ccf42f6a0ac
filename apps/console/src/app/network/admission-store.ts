import { inject, Injectable, signal } from '@angular/core';
import {
  Api,
  type BlockedServerDto,
  createInvitation,
  type CreatedInvitationDto,
  type CreateInvitationDto,
  deleteInvitation,
  type InvitationDto,
  listBlockedServers,
  listInvitations,
  unblockServer,
} from '#libs/api-client';

/** Who may register with this server: open invitations and blocked servers. */
@Injectable({ providedIn: 'root' })
export class AdmissionStore {
  private readonly api = inject(Api);
  private readonly open = signal<readonly InvitationDto[]>([]);
  private readonly kept = signal<readonly BlockedServerDto[]>([]);

  readonly invitations = this.open.asReadonly();
  readonly blocked = this.kept.asReadonly();

  async load(): Promise<void> {
    const [invitations, blocked] = await Promise.all([this.api.invoke(listInvitations, {}), this.api.invoke(listBlockedServers, {})]);
    this.open.set(invitations.items);
    this.kept.set(blocked.items);
  }

  async invite(body: CreateInvitationDto): Promise<CreatedInvitationDto> {
    const created = await this.api.invoke(createInvitation, { body });
    await this.load();
    return created;
  }

  async remove(id: number): Promise<void> {
    await this.api.invoke(deleteInvitation, { id });
    await this.load();
  }

  async unblock(iss: string): Promise<void> {
    await this.api.invoke(unblockServer, { iss });
    await this.load();
  }
}
