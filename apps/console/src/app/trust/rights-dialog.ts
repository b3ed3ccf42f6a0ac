import { ChangeDetectionStrategy, Component, computed, inject, signal } from '@angular/core';
import { FormsModule } from '@angular/forms';
import { MatButtonModule } from '@angular/material/button';
import { MatCheckboxModule } from '@angular/material/checkbox';
import { MAT_DIALOG_DATA, MatDialogModule, MatDialogRef } from '@angular/material/dialog';
import { MatFormFieldModule } from '@angular/material/form-field';
import { MatInputModule } from '@angular/material/input';
import { MatSelectModule } from '@angular/material/select';
import { type AuthorDto, setAuthorRights, type SetAuthorRightsDto } from '#libs/api-client';
import { stages } from '../packages/status-words';
import { CopyButton } from '../shared/copy-button';
import { curlOf } from '../shared/curl';
import { sentenceOf } from '../shared/problem';
import { patternsOf, presetMeanings, presets, presetWords } from './rights-words';
import { TrustStore } from './trust-store';

/** Sets what another server may do with packages here; closes with true when it is saved. */
@Component({
  changeDetection: ChangeDetectionStrategy.OnPush,
  imports: [
    CopyButton,
    FormsModule,
    MatButtonModule,
    MatCheckboxModule,
    MatDialogModule,
    MatFormFieldModule,
    MatInputModule,
    MatSelectModule,
  ],
  templateUrl: './rights-dialog.html',
})
export class RightsDialog {
  private readonly store = inject(TrustStore);
  private readonly dialog = inject<MatDialogRef<RightsDialog, boolean>>(MatDialogRef);
  protected readonly author = inject<AuthorDto>(MAT_DIALOG_DATA);

  protected readonly presets = presets;
  protected readonly presetWords = presetWords;
  protected readonly meanings = presetMeanings;
  protected readonly stages = stages;
  protected readonly preset = signal(this.author.preset);
  protected readonly publish = signal(this.author.rights.publish);
  protected readonly replace = signal(this.author.rights.replace);
  protected readonly promote = signal(this.author.rights.promote);
  protected readonly remove = signal(this.author.rights.delete);
  protected readonly maxStage = signal(this.author.rights.max_stage);
  protected readonly names = signal(this.author.rights.names.join('\n') || '*');
  protected readonly isBusy = signal(false);
  protected readonly fault = signal('');
  private readonly body = computed((): SetAuthorRightsDto => {
    if (this.preset() !== 'custom') return { preset: this.preset() };
    const [publish, replace, promote] = [this.publish(), this.replace(), this.promote()];
    const rights = { publish, replace, promote, delete: this.remove(), max_stage: this.maxStage(), names: patternsOf(this.names()) };
    return { preset: 'custom', rights };
  });
  protected readonly curl = computed(() => curlOf(setAuthorRights, { iss: this.author.iss, body: this.body() }));

  protected async save(): Promise<void> {
    if (this.isBusy()) return;
    this.isBusy.set(true);
    this.fault.set('');
    try {
      await this.store.setRights(this.author.iss, this.body());
      this.dialog.close(true);
    } catch (error) {
      this.fault.set(sentenceOf(error));
    } finally {
      this.isBusy.set(false);
    }
  }
}
