import { ChangeDetectionStrategy, Component, computed, inject } from '@angular/core';
import { MatButtonModule } from '@angular/material/button';
import { MatDialog } from '@angular/material/dialog';
import { MatMenuModule } from '@angular/material/menu';
import { firstValueFrom } from 'rxjs';
import { deleteUser, revokeToken, type TokenDto, updateUser, type UserDto } from '#libs/api-client';
import { Session } from '../session/session';
import { Chip } from '../shared/chip';
import { Confirm } from '../shared/confirm';
import { curlOf } from '../shared/curl';
import { labels } from '../shared/labels';
import { Notices } from '../shared/notices';
import { pollWhileVisible } from '../shared/poll';
import { When } from '../shared/when';
import { PeopleStore } from './people-store';
import { roles, type Role } from './roles';
import { ServiceAccounts } from './service-accounts';
import { TokenDialog } from './token-dialog';
import { UserDialog } from './user-dialog';

const REFRESH_MS = 15_000;

/** People who sign in, and programs that call with a token. */
@Component({
  changeDetection: ChangeDetectionStrategy.OnPush,
  imports: [Chip, MatButtonModule, MatMenuModule, ServiceAccounts, When],
  templateUrl: './people.html',
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
export class People {
  protected readonly labels = labels;
  private readonly store = inject(PeopleStore);
  private readonly dialog = inject(MatDialog);
  private readonly confirm = inject(Confirm);
  private readonly notices = inject(Notices);

  protected readonly callers = this.store.callers;
  protected readonly roles = roles;
  protected readonly mine = computed(() => this.me()?.username);
  private readonly me = inject(Session).me;

  constructor() {
    void this.store.load();
    pollWhileVisible(
      () => this.store.load(),
      () => REFRESH_MS,
    );
  }

  protected people = (users: readonly UserDto[]): UserDto[] => users.filter(({ service }) => !service);

  protected isOver = ({ expires_ts }: TokenDto): boolean => expires_ts !== null && expires_ts * 1_000 < Date.now();

  protected async addUser(): Promise<void> {
    const name = await this.openUser(null);
    if (name) this.notices.done($localize`${name} can sign in now.`);
  }

  protected async resetPassword(user: UserDto): Promise<void> {
    const name = await this.openUser(user);
    if (name) this.notices.done($localize`${name} has a new password, and is signed out everywhere.`);
  }

  protected async setRole({ id, username }: UserDto, role: Role): Promise<void> {
    const curl = curlOf(updateUser, { id, body: { role } });
    await this.notices.attempt(() => this.store.changeUser(id, { role }), $localize`${username} is ${role} now.`, { curl });
  }

  protected async setDisabled({ id, username }: UserDto, disabled: boolean): Promise<void> {
    const curl = curlOf(updateUser, { id, body: { disabled } });
    const done = disabled ? $localize`${username} is signed out and kept out.` : $localize`${username} may sign in again.`;
    await this.notices.attempt(() => this.store.changeUser(id, { disabled }), done, { curl });
  }

  protected async removeUser({ id, username }: UserDto): Promise<void> {
    const title = $localize`Remove ${username}?`;
    const text = $localize`They are signed out at once. What they did stays in the audit trail.`;
    if (!(await this.confirm.ask({ title, text, action: $localize`Remove`, curl: curlOf(deleteUser, { id }) }))) return;
    await this.notices.attempt(() => this.store.removeUser(id), $localize`${username} was removed.`);
  }

  protected addToken(): void {
    this.dialog.open<TokenDialog, null>(TokenDialog, { data: null, width: '520px' });
  }

  protected async revoke({ id, name }: TokenDto): Promise<void> {
    const title = $localize`Revoke ${name}?`;
    const text = $localize`The program that uses it is refused from now on. This cannot be undone.`;
    if (!(await this.confirm.ask({ title, text, action: $localize`Revoke`, curl: curlOf(revokeToken, { id }) }))) return;
    await this.notices.attempt(() => this.store.revokeToken(id), $localize`${name} was revoked.`);
  }

  private openUser(user: UserDto | null): Promise<string | undefined> {
    const ref = this.dialog.open<UserDialog, UserDto | null, string>(UserDialog, { data: user, width: '480px' });
    return firstValueFrom(ref.afterClosed());
  }
}
