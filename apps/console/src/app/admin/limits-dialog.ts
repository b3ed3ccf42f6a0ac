import { ChangeDetectionStrategy, Component, computed, inject, signal } from '@angular/core';
import { FormsModule } from '@angular/forms';
import { MatButtonModule } from '@angular/material/button';
import { MAT_DIALOG_DATA, MatDialogModule, MatDialogRef } from '@angular/material/dialog';
import { MatFormFieldModule } from '@angular/material/form-field';
import { MatInputModule } from '@angular/material/input';
import { MatSlideToggleModule } from '@angular/material/slide-toggle';
import { Api, type ReplicationDto, updateReplication, type UpdateReplicationDto } from '#libs/api-client';
import { CopyButton } from '../shared/copy-button';
import { curlOf } from '../shared/curl';
import { sentenceOf } from '../shared/problem';
import { fromField, toField } from '../shared/rates';

/** Changes what travels between servers, and when; closes with the new limits. */
@Component({
  changeDetection: ChangeDetectionStrategy.OnPush,
  imports: [CopyButton, FormsModule, MatButtonModule, MatDialogModule, MatFormFieldModule, MatInputModule, MatSlideToggleModule],
  template: `
    <h2 mat-dialog-title i18n>Limits between servers</h2>
    <mat-dialog-content>
      <form id="limits-form" class="fields" (ngSubmit)="save()" autocomplete="off">
        <mat-form-field>
          <mat-label i18n>Fetch at most, MiB per second</mat-label>
          <input matInput name="down" type="number" min="0.02" step="any" [(ngModel)]="down" />
          <mat-hint i18n>Empty: no limit.</mat-hint>
        </mat-form-field>
        <mat-form-field>
          <mat-label i18n>Give at most, MiB per second</mat-label>
          <input matInput name="up" type="number" min="0.02" step="any" [(ngModel)]="up" />
          <mat-hint i18n>To other servers; downloads of managed computers are not limited.</mat-hint>
        </mat-form-field>
        <mat-slide-toggle name="daily" [(ngModel)]="isDaily" i18n>Fetch only at certain hours</mat-slide-toggle>
        @if (isDaily()) {
          <div class="row">
            <mat-form-field class="grow">
              <mat-label i18n>From</mat-label>
              <input matInput name="from" type="time" required [(ngModel)]="from" />
            </mat-form-field>
            <mat-form-field class="grow">
              <mat-label i18n>To</mat-label>
              <input matInput name="to" type="time" required [(ngModel)]="to" />
            </mat-form-field>
          </div>
          <p class="muted small" i18n>In the time zone {{ zone }}.</p>
        }
        <div>
          <mat-slide-toggle name="relay" [(ngModel)]="relay" i18n>Keep copies for other servers</mat-slide-toggle>
          <p class="muted small" i18n>
            Packages that this server does not serve because of its stage are fetched all the same and passed on to servers that get them
            only through this one.
          </p>
        </div>
        <div>
          <mat-slide-toggle name="signers" [(ngModel)]="confirmSigners" i18n>Ask before another signer comes to Prod</mat-slide-toggle>
          <p class="muted small" i18n>
            A package whose signer is missing, not known or another than before is promoted to Prod at this server only when an
            administrator agrees.
          </p>
        </div>
        <p class="error" role="alert">{{ fault() }}</p>
      </form>
    </mat-dialog-content>
    <mat-dialog-actions align="end">
      <ods-copy class="first" [text]="curl()" what="the command" label="Copy as curl" i18n-label />
      <button matButton mat-dialog-close type="button" i18n>Cancel</button>
      <button matButton="filled" type="submit" form="limits-form" [disabled]="isBusy()" i18n>Save</button>
    </mat-dialog-actions>
  `,
})
export class LimitsDialog {
  private readonly api = inject(Api);
  private readonly dialog = inject<MatDialogRef<LimitsDialog, ReplicationDto>>(MatDialogRef);
  private readonly before = inject<ReplicationDto>(MAT_DIALOG_DATA);

  protected readonly zone = this.before.window?.time_zone ?? Intl.DateTimeFormat().resolvedOptions().timeZone;
  protected readonly down = signal(toField(this.before.download_limit));
  protected readonly up = signal(toField(this.before.upload_limit));
  protected readonly isDaily = signal(this.before.window !== null);
  protected readonly from = signal(this.before.window?.from ?? '20:00');
  protected readonly to = signal(this.before.window?.to ?? '06:00');
  protected readonly relay = signal(this.before.relay);
  protected readonly confirmSigners = signal(this.before.confirm_signers);
  protected readonly isBusy = signal(false);
  protected readonly fault = signal('');
  private readonly body = computed((): UpdateReplicationDto => ({
    download_limit: fromField(this.down()),
    upload_limit: fromField(this.up()),
    relay: this.relay(),
    confirm_signers: this.confirmSigners(),
    window: this.isDaily() ? { from: this.from(), to: this.to(), time_zone: this.zone } : null,
  }));
  protected readonly curl = computed(() => curlOf(updateReplication, { body: this.body() }));

  protected async save(): Promise<void> {
    if (this.isBusy()) return;
    this.isBusy.set(true);
    this.fault.set('');
    try {
      this.dialog.close(await this.api.invoke(updateReplication, { body: this.body() }));
    } catch (error) {
      this.fault.set(sentenceOf(error));
    } finally {
      this.isBusy.set(false);
    }
  }
}
