import { ChangeDetectionStrategy, Component, computed, inject, signal } from '@angular/core';
import { FormsModule } from '@angular/forms';
import { MatButtonModule } from '@angular/material/button';
import { MatDialogModule } from '@angular/material/dialog';
import { MatFormFieldModule } from '@angular/material/form-field';
import { MatInputModule } from '@angular/material/input';
import { MatSelectModule } from '@angular/material/select';
import { createToken, type CreateTokenDto } from '#libs/api-client';
import { stages, type Stage } from '../packages/status-words';
import { CopyButton } from '../shared/copy-button';
import { curlOf } from '../shared/curl';
import { faultOf, sentenceOf } from '../shared/problem';
import { PeopleStore } from './people-store';
import { roles, roleWords, type Role } from './roles';

/** Makes a token for a program, and shows its secret this one time. */
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
  protected readonly role = signal<Role>('publisher');
  protected readonly days = signal(365);
  protected readonly limits = signal<Stage[]>([]);
  protected readonly isBusy = signal(false);
  protected readonly fault = signal('');
  protected readonly secret = signal<string | null>(null);

  private readonly body = computed((): CreateTokenDto => ({
    name: this.name().trim(),
    role: this.role(),
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
