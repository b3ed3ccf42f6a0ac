import { ChangeDetectionStrategy, Component, computed, inject, input } from '@angular/core';
import { MatButtonModule } from '@angular/material/button';
import { MatDialog } from '@angular/material/dialog';
import { MatMenuModule } from '@angular/material/menu';
import { firstValueFrom } from 'rxjs';
import { deleteUser, type TokenDto, updateUser, type UserDto } from '#libs/api-client';
import { Chip } from '../shared/chip';
import { Confirm } from '../shared/confirm';
import { curlOf } from '../shared/curl';
import { labels } from '../shared/labels';
import { Notices } from '../shared/notices';
import { When } from '../shared/when';
import { PeopleStore } from './people-store';
import { roles, type Role } from './roles';
import { ServiceAccountDialog } from './service-account-dialog';
import { TokenDialog } from './token-dialog';

/** An account of a program with what its tokens say. */
interface ServiceAccount {
  readonly user: UserDto;
  readonly tokens: number;
  /** Unix time at which one of them was used last; null for never. */
  readonly lastUsed: number | null;
}

/** The accounts of programs: their tokens outlive the people who made them. */
@Component({
  selector: 'ods-service-accounts',
  changeDetection: ChangeDetectionStrategy.OnPush,
  imports: [Chip, MatButtonModule, MatMenuModule, When],
  templateUrl: './service-accounts.html',
  styles: `
    p {
      margin: 0;
    }
    .title {
      padding: 14px 20px;
      margin: 0 !important;
    }
  `,
})
export class ServiceAccounts {
  private readonly store = inject(PeopleStore);
  private readonly dialog = inject(MatDialog);
  private readonly confirm = inject(Confirm);
  private readonly notices = inject(Notices);

  readonly users = input.required<readonly UserDto[]>();
  readonly tokens = input.required<readonly TokenDto[]>();

  protected readonly labels = labels;
  protected readonly roles = roles;
  protected readonly accounts = computed(() =>
    this.users()
      .filter(({ service }) => service)
      .map((user) => this.describe(user)),
  );

  protected async add(): Promise<void> {
    const ref = this.dialog.open<ServiceAccountDialog, void, string>(ServiceAccountDialog, { width: '480px' });
    const name = await firstValueFrom(ref.afterClosed());
    if (name) this.notices.done($localize`${name} was added. Create a token for it next.`);
  }

  protected addToken({ username }: UserDto): void {
    this.dialog.open<TokenDialog, string>(TokenDialog, { data: username, width: '520px' });
  }

  protected async setRole({ id, username }: UserDto, role: Role): Promise<void> {
    const curl = curlOf(updateUser, { id, body: { role } });
    await this.notices.attempt(() => this.store.changeUser(id, { role }), $localize`${username} is ${role} now.`, { curl });
  }

  protected async setDisabled({ id, username }: UserDto, disabled: boolean): Promise<void> {
    const curl = curlOf(updateUser, { id, body: { disabled } });
    const done = disabled ? $localize`The tokens of ${username} are refused now.` : $localize`The tokens of ${username} work again.`;
    await this.notices.attempt(() => this.store.changeUser(id, { disabled }), done, { curl });
  }

  protected async remove({ user: { id, username }, tokens }: ServiceAccount): Promise<void> {
    const title = $localize`Remove ${username}?`;
    const text =
      tokens === 0
        ? $localize`It has no tokens. What it did stays in the audit trail.`
        : $localize`Its tokens are revoked at once, and the programs that use them are refused. What they did stays in the audit trail.`;
    const curl = curlOf(deleteUser, { id });
    if (!(await this.confirm.ask({ title, text, action: $localize`Remove`, isDestructive: true, curl }))) return;
    await this.notices.attempt(() => this.store.removeUser(id), $localize`${username} was removed.`);
  }

  private describe(user: UserDto): ServiceAccount {
    const own = this.tokens().filter(({ account }) => account === user.username);
    const used = own.flatMap(({ last_used_ts }) => last_used_ts ?? []);
    return { user, tokens: own.length, lastUsed: used.length === 0 ? null : Math.max(...used) };
  }
}
