import { ChangeDetectionStrategy, Component, computed, inject, signal, viewChild } from '@angular/core';
import { FormsModule, NgForm } from '@angular/forms';
import { MatButtonModule } from '@angular/material/button';
import { MatFormFieldModule } from '@angular/material/form-field';
import { MatInputModule } from '@angular/material/input';
import { MatSnackBar } from '@angular/material/snack-bar';
import { register } from '#libs/api-client';
import { CopyButton } from '../shared/copy-button';
import { curlOf } from '../shared/curl';
import { sentenceOf } from '../shared/problem';
import { readInvitation } from './invitation';
import { NetworkStore } from './network-store';

/** Registers this server with another one. */
@Component({
  selector: 'ods-register-form',
  changeDetection: ChangeDetectionStrategy.OnPush,
  imports: [CopyButton, FormsModule, MatButtonModule, MatFormFieldModule, MatInputModule],
  template: `
    <form (ngSubmit)="submit()" autocomplete="off">
      <mat-form-field appearance="outline" class="plain whole">
        <mat-label i18n>Invitation (fills the three below)</mat-label>
        <input matInput name="invitation" placeholder="ods-invite:…" [ngModel]="invitation()" (ngModelChange)="paste($event)" />
      </mat-form-field>
      <mat-form-field appearance="outline" class="plain">
        <mat-label i18n>URL</mat-label>
        <input matInput name="url" type="url" placeholder="https://ods.example.com" required [(ngModel)]="url" />
      </mat-form-field>
      <mat-form-field appearance="outline" class="plain">
        <mat-label i18n>ISS ID</mat-label>
        <input matInput name="iss" spellcheck="false" required [(ngModel)]="iss" />
      </mat-form-field>
      <mat-form-field appearance="outline" class="plain">
        <mat-label i18n>Key</mat-label>
        <input matInput name="key" type="password" autocomplete="off" required [(ngModel)]="key" />
      </mat-form-field>
      <button matButton="filled" type="submit" [disabled]="isBusy() || !isReady()">
        @if (isBusy()) {
          <ng-container i18n>Registering…</ng-container>
        } @else {
          <ng-container i18n>Register</ng-container>
        }
      </button>
      <ods-copy class="whole" [text]="curl()" what="the command" label="Copy as curl" i18n-label />
      <p class="error whole" role="alert">{{ fault() }}</p>
    </form>
  `,
  styles: `
    form {
      display: grid;
      grid-template-columns: 1.4fr 1.4fr 1.4fr auto;
      gap: 12px;
      align-items: center;
    }
    .whole {
      grid-column: 1 / -1;
    }
    p {
      margin: 0;
    }
    p:empty {
      display: none;
    }
    @media (max-width: 800px) {
      form {
        grid-template-columns: 1fr;
      }
    }
  `,
})
export class RegisterForm {
  private readonly store = inject(NetworkStore);
  private readonly snackBar = inject(MatSnackBar);

  private readonly form = viewChild.required(NgForm);
  protected readonly invitation = signal('');
  protected readonly url = signal('');
  protected readonly iss = signal('');
  protected readonly key = signal('');
  protected readonly isBusy = signal(false);
  protected readonly fault = signal('');
  protected readonly isReady = computed(() => Boolean(this.url() && this.iss() && this.key()));

  protected readonly curl = computed(() => curlOf(register, { body: { url: this.url(), iss_id: this.iss(), key: this.key() } }));

  protected paste(text: string | null): void {
    this.invitation.set(text ?? '');
    const found = readInvitation(text ?? '');
    this.fault.set(found || !text?.trim() ? '' : $localize`This is not an invitation. Copy it from the Network page of the other server.`);
    if (!found) return;
    this.url.set(found.url);
    this.iss.set(found.iss_id);
    this.key.set(found.key);
  }

  protected async submit(): Promise<void> {
    if (this.isBusy() || !this.isReady()) return;
    this.isBusy.set(true);
    this.fault.set('');
    try {
      const peer = await this.store.register({ url: this.url().trim(), iss_id: this.iss().trim(), key: this.key().trim() });
      this.snackBar.open($localize`Registered with ${peer.name}. The two exchange their packages now.`, undefined, { duration: 5_000 });
      this.form().resetForm({ invitation: '', url: '', iss: '', key: '' });
    } catch (error) {
      this.fault.set(sentenceOf(error));
    } finally {
      this.isBusy.set(false);
    }
  }
}
