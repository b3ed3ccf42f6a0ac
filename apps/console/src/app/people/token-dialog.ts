import { ChangeDetectionStrategy, Component, computed, inject, signal } from '@angular/core';
import { FormsModule } from '@angular/forms';
import { MatButtonModule } from '@angular/material/button';
import { MAT_DIALOG_DATA, MatDialogModule } from '@angular/material/dialog';
import { MatFormFieldModule } from '@angular/material/form-field';
import { MatInputModule } from '@angular/material/input';
import { MatSelectModule } from '@angular/material/select';
import { createToken, type CreateTokenDto } from '#libs/api-client';
import { stages, type Stage } from '../packages/status-words';
import { CopyButton } from '../shared/copy-button';
import { curlOf } from '../shared/curl';
import { valueOf } from '../shared/loadable';
import { faultOf, sentenceOf } from '../shared/problem';
import { PeopleStore } from './people-store';
import { roles, roleWords, type Role } from './roles';

/** Makes a token for a program, and shows its secret this one time. Opened with the name of its service account, if that is known. */
@Component({
  changeDetection: ChangeDetectionStrategy.OnPush,
  imports: [CopyButton, FormsModule, MatButtonModule, MatDialogModule, MatFormFieldModule, MatInputModule, MatSelectModule],
  templateUrl: './token-dialog.html',
})
export class TokenDialog {
  private readonly store = inject(PeopleStore);

  protected readonly roles = roles;
  protected readonly words = roleWords;
  protected readonly stages = stages;
  protected readonly lifetimes: readonly { days: number; label: string }[] = [
    { days: 30, label: $localize`30 days` },
    { days: 90, label: $localize`90 days` },
    { days: 365, label: $localize`1 year` },
    { days: 0, label: $localize`Until it is revoked` },
  ];
  protected readonly name = signal('');
  /** Empty: one's own account. */
  protected readonly account = signal(inject<string | null>(MAT_DIALOG_DATA) ?? '');
  protected readonly accounts = computed(() => {
    const callers = valueOf(this.store.callers());
    return (callers?.users ?? []).filter(({ service }) => service);
  });
  /** The account that was chosen; null for one's own. */
  protected readonly owner = computed(() => this.accounts().find(({ username }) => username === this.account()) ?? null);
  protected readonly role = signal<Role>(this.owner()?.role ?? 'publisher');
  protected readonly days = signal(365);
  protected readonly limits = signal<Stage[]>([]);
  protected readonly isBusy = signal(false);
  protected readonly fault = signal('');
  protected readonly secret = signal<string | null>(null);

  private readonly body = computed((): CreateTokenDto => ({
    name: this.name().trim(),
    role: this.role(),
    ...(this.account() === '' ? {} : { account: this.account() }),
    ...(this.days() === 0 ? {} : { expires_in_days: this.days() }),
    ...(this.role() === 'publisher' && this.limits().length > 0 ? { stages: this.limits() } : {}),
  }));
  protected readonly curl = computed(() => curlOf(createToken, { body: this.body() }));
  protected readonly example = computed(() => `export ODS_TOKEN=${this.secret() ?? ''}`);

  protected async create(): Promise<void> {
    if (this.isBusy()) return;
    this.isBusy.set(true);
    this.fault.set('');
    try {
      this.secret.set((await this.store.issueToken(this.body())).token);
    } catch (error) {
      this.fault.set(faultOf(error, 'name') ?? sentenceOf(error));
    } finally {
      this.isBusy.set(false);
    }
  }
}
