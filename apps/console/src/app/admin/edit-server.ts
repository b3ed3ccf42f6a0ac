import { ChangeDetectionStrategy, Component, computed, inject, signal } from '@angular/core';
import { FormsModule } from '@angular/forms';
import { MatButtonModule } from '@angular/material/button';
import { MAT_DIALOG_DATA, MatDialogModule, MatDialogRef } from '@angular/material/dialog';
import { MatFormFieldModule } from '@angular/material/form-field';
import { MatInputModule } from '@angular/material/input';
import { MatSelectModule } from '@angular/material/select';
import { MatSlideToggleModule } from '@angular/material/slide-toggle';
import { type AboutDto, Api, updateAbout, type UpdateAboutDto } from '#libs/api-client';
import { stages, type Stage } from '../packages/status-words';
import { CopyButton } from '../shared/copy-button';
import { curlOf } from '../shared/curl';
import { faultOf, sentenceOf } from '../shared/problem';
import { baseUrl } from '../shared/base';

/** Edits the settings of this server; closes with the new ones. */
@Component({
  changeDetection: ChangeDetectionStrategy.OnPush,
  imports: [
    CopyButton,
    FormsModule,
    MatButtonModule,
    MatDialogModule,
    MatFormFieldModule,
    MatInputModule,
    MatSelectModule,
    MatSlideToggleModule,
  ],
  template: `
    <h2 mat-dialog-title i18n>Server settings</h2>
    <mat-dialog-content>
      <form id="server-form" (ngSubmit)="save()">
        <mat-form-field appearance="outline">
          <mat-label i18n>Name</mat-label>
          <input matInput name="name" maxlength="100" required [(ngModel)]="name" />
          <mat-hint i18n>How other administrators see this server.</mat-hint>
        </mat-form-field>
        <mat-form-field appearance="outline">
          <mat-label i18n>URL</mat-label>
          <input matInput name="url" type="url" maxlength="500" [(ngModel)]="url" placeholder="https://ods.example.com" />
          <mat-hint i18n>Where other servers and managed computers reach it.</mat-hint>
        </mat-form-field>
        @if (url() !== here) {
          <button matButton type="button" class="suggestion" (click)="url.set(here)" i18n>Use {{ here }}</button>
        }
        <mat-form-field appearance="outline">
          <mat-label i18n>Stage</mat-label>
          <mat-select name="stage" [(ngModel)]="stage">
            @for (option of stages; track option) {
              <mat-option [value]="option">{{ option }}</mat-option>
            }
          </mat-select>
          <mat-hint>{{ stageHint() }}</mat-hint>
        </mat-form-field>
        <mat-slide-toggle name="firewalled" [(ngModel)]="firewalled" i18n
          >Firewalled mode: other servers cannot call this one</mat-slide-toggle
        >
        <p class="error" role="alert">{{ fault() }}</p>
      </form>
    </mat-dialog-content>
    <mat-dialog-actions align="end">
      <ods-copy class="first" [text]="curl()" what="the command" i18n-what label="Copy as curl" i18n-label />
      <button matButton mat-dialog-close type="button" i18n>Cancel</button>
      <button matButton="filled" type="submit" form="server-form" [disabled]="isBusy()">
        @if (isBusy()) {
          <ng-container i18n>Saving…</ng-container>
        } @else {
          <ng-container i18n>Save</ng-container>
        }
      </button>
    </mat-dialog-actions>
  `,
  styles: `
    form {
      display: grid;
      gap: 14px;
      padding-top: 8px;
    }
    .suggestion {
      justify-self: start;
    }
    p {
      margin: 0;
    }
  `,
})
export class EditServer {
  private readonly api = inject(Api);
  private readonly dialog = inject<MatDialogRef<EditServer, AboutDto>>(MatDialogRef);
  private readonly before = inject<AboutDto>(MAT_DIALOG_DATA);

  protected readonly here = baseUrl();
  protected readonly stages = stages;
  protected readonly name = signal(this.before.name);
  protected readonly url = signal(this.before.url ?? '');
  protected readonly stage = signal<Stage>(this.before.stage);
  protected readonly firewalled = signal(this.before.firewalled_mode);
  protected readonly isBusy = signal(false);
  protected readonly fault = signal('');
  private readonly body = computed((): UpdateAboutDto => {
    const url = this.url().trim();
    return { name: this.name(), stage: this.stage(), firewalled_mode: this.firewalled(), ...(url === '' ? {} : { url }) };
  });
  protected readonly curl = computed(() => curlOf(updateAbout, { body: this.body() }));

  protected stageHint(): string {
    return {
      Dev: $localize`Holds every package.`,
      Test: $localize`Holds Test and Prod packages.`,
      Prod: $localize`Holds Prod packages only.`,
    }[this.stage()];
  }

  protected async save(): Promise<void> {
    if (this.isBusy()) return;
    this.isBusy.set(true);
    this.fault.set('');
    try {
      this.dialog.close(await this.api.invoke(updateAbout, { body: this.body() }));
    } catch (error) {
      this.fault.set(faultOf(error, 'url') ?? faultOf(error, 'name') ?? sentenceOf(error));
    } finally {
      this.isBusy.set(false);
    }
  }
}
