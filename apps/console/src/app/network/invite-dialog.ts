import { ChangeDetectionStrategy, Component, computed, inject, signal } from '@angular/core';
import { FormsModule } from '@angular/forms';
import { MatButtonModule } from '@angular/material/button';
import { MatDialogModule, MatDialogRef } from '@angular/material/dialog';
import { MatFormFieldModule } from '@angular/material/form-field';
import { MatInputModule } from '@angular/material/input';
import { MatSelectModule } from '@angular/material/select';
import { createInvitation, type CreatedInvitationDto, type CreateInvitationDto } from '#libs/api-client';
import { CopyButton } from '../shared/copy-button';
import { curlOf } from '../shared/curl';
import { sentenceOf } from '../shared/problem';
import { invitationMeaning, type NamedPreset, namedPresets, presetWords } from '../trust/rights-words';
import { AdmissionStore } from './admission-store';

/** Creates an invitation, with what the new server may publish here; closes with what was created. */
@Component({
  changeDetection: ChangeDetectionStrategy.OnPush,
  imports: [CopyButton, FormsModule, MatButtonModule, MatDialogModule, MatFormFieldModule, MatInputModule, MatSelectModule],
  template: `
    <h2 mat-dialog-title i18n>Invite a server</h2>
    <mat-dialog-content>
      <form id="invite-form" class="fields" (ngSubmit)="create()" autocomplete="off">
        <mat-form-field>
          <mat-label i18n>For whom</mat-label>
          <input matInput name="note" maxlength="200" [(ngModel)]="note" />
        </mat-form-field>
        <mat-form-field subscriptSizing="dynamic">
          <mat-label i18n>What it may do with packages here</mat-label>
          <mat-select name="preset" [(ngModel)]="preset">
            <mat-option value="" i18n>What this server gives every new server</mat-option>
            @for (name of presets; track name) {
              <mat-option [value]="name">{{ presetWords[name] }}</mat-option>
            }
          </mat-select>
          <mat-hint>{{ meaning() }}</mat-hint>
        </mat-form-field>
        <p class="muted small" i18n>Rights that you have set for a server before stay as they are.</p>
        <p class="error" role="alert">{{ fault() }}</p>
      </form>
    </mat-dialog-content>
    <mat-dialog-actions align="end">
      <ods-copy class="first" [text]="curl()" what="the command" i18n-what label="Copy as curl" i18n-label />
      <button matButton mat-dialog-close type="button" i18n>Cancel</button>
      <button matButton="filled" type="submit" form="invite-form" [disabled]="isBusy()" i18n>Create</button>
    </mat-dialog-actions>
  `,
})
export class InviteDialog {
  private readonly store = inject(AdmissionStore);
  private readonly dialog = inject<MatDialogRef<InviteDialog, CreatedInvitationDto>>(MatDialogRef);

  protected readonly presets = namedPresets;
  protected readonly presetWords = presetWords;
  protected readonly note = signal('');
  protected readonly preset = signal<NamedPreset | ''>('');
  protected readonly meaning = computed(() => invitationMeaning(this.preset() || null));
  protected readonly isBusy = signal(false);
  protected readonly fault = signal('');
  private readonly body = computed((): CreateInvitationDto => {
    const [note, preset] = [this.note().trim(), this.preset()];
    return { ...(note === '' ? {} : { note }), ...(preset ? { preset } : {}) };
  });
  protected readonly curl = computed(() => curlOf(createInvitation, { body: this.body() }));

  protected async create(): Promise<void> {
    if (this.isBusy()) return;
    this.isBusy.set(true);
    this.fault.set('');
    try {
      this.dialog.close(await this.store.invite(this.body()));
    } catch (error) {
      this.fault.set(sentenceOf(error));
    } finally {
      this.isBusy.set(false);
    }
  }
}
