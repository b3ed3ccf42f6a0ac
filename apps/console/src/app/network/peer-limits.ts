import { ChangeDetectionStrategy, Component, computed, inject, signal } from '@angular/core';
import { FormsModule } from '@angular/forms';
import { MatButtonModule } from '@angular/material/button';
import { MAT_DIALOG_DATA, MatDialogModule, MatDialogRef } from '@angular/material/dialog';
import { MatFormFieldModule } from '@angular/material/form-field';
import { MatInputModule } from '@angular/material/input';
import { type PeerDto, updateRegisteredOds } from '#libs/api-client';
import { CopyButton } from '../shared/copy-button';
import { curlOf } from '../shared/curl';
import { sentenceOf } from '../shared/problem';
import { fromField, toField } from '../shared/rates';
import { NetworkStore } from './network-store';

/** Limits of one registered server; closes with true when they were changed. */
@Component({
  changeDetection: ChangeDetectionStrategy.OnPush,
  imports: [CopyButton, FormsModule, MatButtonModule, MatDialogModule, MatFormFieldModule, MatInputModule],
  template: `
    <h2 mat-dialog-title i18n>Limits of {{ peer.name }}</h2>
    <mat-dialog-content>
      <form id="peer-limits-form" class="fields" (ngSubmit)="save()" autocomplete="off">
        <mat-form-field>
          <mat-label i18n>Fetch from there at most, MiB per second</mat-label>
          <input matInput name="down" type="number" min="0.02" step="any" [(ngModel)]="down" />
        </mat-form-field>
        <mat-form-field>
          <mat-label i18n>Give to there at most, MiB per second</mat-label>
          <input matInput name="up" type="number" min="0.02" step="any" [(ngModel)]="up" />
          <mat-hint i18n>Empty: no limit of its own.</mat-hint>
        </mat-form-field>
        <p class="error" role="alert">{{ fault() }}</p>
      </form>
    </mat-dialog-content>
    <mat-dialog-actions align="end">
      <ods-copy class="first" [text]="curl()" what="the command" label="Copy as curl" i18n-label />
      <button matButton mat-dialog-close type="button" i18n>Cancel</button>
      <button matButton="filled" type="submit" form="peer-limits-form" [disabled]="isBusy()" i18n>Save</button>
    </mat-dialog-actions>
  `,
})
export class PeerLimits {
  private readonly store = inject(NetworkStore);
  private readonly dialog = inject<MatDialogRef<PeerLimits, boolean>>(MatDialogRef);

  protected readonly peer = inject<PeerDto>(MAT_DIALOG_DATA);
  protected readonly down = signal(toField(this.peer.download_limit));
  protected readonly up = signal(toField(this.peer.upload_limit));
  protected readonly isBusy = signal(false);
  protected readonly fault = signal('');
  private readonly body = computed(() => ({ download_limit: fromField(this.down()), upload_limit: fromField(this.up()) }));
  protected readonly curl = computed(() => curlOf(updateRegisteredOds, { id: this.peer.id, body: this.body() }));

  protected async save(): Promise<void> {
    if (this.isBusy()) return;
    this.isBusy.set(true);
    this.fault.set('');
    try {
      await this.store.change(this.peer.id, this.body());
      this.dialog.close(true);
    } catch (error) {
      this.fault.set(sentenceOf(error));
    } finally {
      this.isBusy.set(false);
    }
  }
}
