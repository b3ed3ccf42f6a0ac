import { ChangeDetectionStrategy, Component, computed, inject, signal } from '@angular/core';
import { FormsModule } from '@angular/forms';
import { MatButtonModule } from '@angular/material/button';
import { MatCheckboxModule } from '@angular/material/checkbox';
import { MAT_DIALOG_DATA, MatDialogModule, MatDialogRef } from '@angular/material/dialog';
import { MatFormFieldModule } from '@angular/material/form-field';
import { MatInputModule } from '@angular/material/input';
import { Api, type JamfPointDto, setJamfDistributionPoint } from '#libs/api-client';
import { CopyButton } from '../shared/copy-button';
import { curlOf } from '../shared/curl';
import { faultOf, sentenceOf } from '../shared/problem';

/** Whether and how the distribution point of one server is kept. Closes with true when it was saved. */
@Component({
  changeDetection: ChangeDetectionStrategy.OnPush,
  imports: [CopyButton, FormsModule, MatButtonModule, MatCheckboxModule, MatDialogModule, MatFormFieldModule, MatInputModule],
  template: `
    <h2 mat-dialog-title i18n>The distribution point of {{ point.server }}</h2>
    <mat-dialog-content>
      <form id="point-form" class="fields" (ngSubmit)="save()" autocomplete="off">
        <mat-checkbox name="managed" [(ngModel)]="managed" i18n>Keep it in step with the server</mat-checkbox>
        <mat-form-field>
          <mat-label i18n>Name when it is made</mat-label>
          <input matInput name="name" maxlength="255" [placeholder]="'ODS ' + point.server" [(ngModel)]="name" />
          <mat-hint i18n>Afterwards the name is yours to change in Jamf Pro.</mat-hint>
        </mat-form-field>
        <mat-form-field>
          <mat-label i18n>Context</mat-label>
          <input matInput name="context" maxlength="100" required [(ngModel)]="context" />
          <mat-hint i18n>Other contexts than share must be among the server's DOWNLOAD_CONTEXTS.</mat-hint>
        </mat-form-field>
        <p class="error" role="alert">{{ fault() }}</p>
      </form>
    </mat-dialog-content>
    <mat-dialog-actions align="end">
      <ods-copy class="first" [text]="curl()" what="the command" i18n-what label="Copy as curl" i18n-label />
      <button matButton mat-dialog-close type="button" i18n>Cancel</button>
      <button matButton="filled" type="submit" form="point-form" [disabled]="isBusy()" i18n>Save</button>
    </mat-dialog-actions>
  `,
})
export class JamfPointDialog {
  private readonly api = inject(Api);
  private readonly self = inject<MatDialogRef<JamfPointDialog, boolean>>(MatDialogRef);

  protected readonly point = inject<JamfPointDto>(MAT_DIALOG_DATA);
  protected readonly managed = signal(this.point.managed);
  protected readonly name = signal(this.point.wanted_name ?? '');
  protected readonly context = signal(this.point.context);
  protected readonly isBusy = signal(false);
  protected readonly fault = signal('');
  private readonly params = computed(() => {
    const name = this.name().trim();
    return { iss: this.point.iss, body: { managed: this.managed(), context: this.context().trim(), ...(name && { name }) } };
  });
  protected readonly curl = computed(() => curlOf(setJamfDistributionPoint, this.params()));

  protected async save(): Promise<void> {
    if (this.isBusy()) return;
    this.isBusy.set(true);
    this.fault.set('');
    try {
      await this.api.invoke(setJamfDistributionPoint, this.params());
      this.self.close(true);
    } catch (error) {
      this.fault.set(faultOf(error, 'name') ?? faultOf(error, 'context') ?? sentenceOf(error));
    } finally {
      this.isBusy.set(false);
    }
  }
}
