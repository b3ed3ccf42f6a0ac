import { ChangeDetectionStrategy, Component, computed, inject, signal } from '@angular/core';
import { FormsModule } from '@angular/forms';
import { MatButtonModule } from '@angular/material/button';
import { MatCheckboxModule } from '@angular/material/checkbox';
import { MAT_DIALOG_DATA, MatDialogModule, MatDialogRef } from '@angular/material/dialog';
import { MatFormFieldModule } from '@angular/material/form-field';
import { MatInputModule } from '@angular/material/input';
import { MatSelectModule } from '@angular/material/select';
import { Api, type MunkiItemDto, promoteMunkiItems } from '#libs/api-client';
import { CopyButton } from '../shared/copy-button';
import { curlOf } from '../shared/curl';
import { codeOf, sentenceOf } from '../shared/problem';

export interface PromotedItem {
  readonly item: MunkiItemDto;
  /** Names of catalogs that there are. */
  readonly catalogs: readonly string[];
}

/** Brings an item into another catalog. Closes with true when it is there. */
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
  template: `
    <h2 mat-dialog-title i18n>Promote {{ data.item.name }} {{ data.item.version }}</h2>
    <mat-dialog-content>
      <form id="munki-promote" class="fields" (ngSubmit)="save()" autocomplete="off">
        <mat-form-field>
          <mat-label i18n>From catalog</mat-label>
          <mat-select name="from" [(ngModel)]="from">
            @for (name of data.item.catalogs; track name) {
              <mat-option [value]="name">{{ name }}</mat-option>
            }
          </mat-select>
        </mat-form-field>
        <mat-form-field>
          <mat-label i18n>To catalog</mat-label>
          <input matInput name="to" required maxlength="100" list="munki-catalogs" [(ngModel)]="to" />
        </mat-form-field>
        <datalist id="munki-catalogs">
          @for (name of others(); track name) {
            <option [value]="name"></option>
          }
        </datalist>
        <mat-checkbox name="keep" [(ngModel)]="keeps" i18n>Keep it in the first catalog, too</mat-checkbox>
        <p class="muted small" i18n>
          The pkginfo file is written on every server. Clients find the item in the other catalog as soon as their server has it.
        </p>
        <p class="error" role="alert">{{ fault() }}</p>
        @if (isMany()) {
          <mat-checkbox name="many" [(ngModel)]="isConfirmed" i18n>Promote it all the same</mat-checkbox>
        }
      </form>
    </mat-dialog-content>
    <mat-dialog-actions align="end">
      <ods-copy [text]="curl()" what="the command" i18n-what label="Copy as curl" i18n-label />
      <button matButton mat-dialog-close type="button" i18n>Cancel</button>
      <button matButton="filled" type="submit" form="munki-promote" [disabled]="isBusy()" i18n>Promote</button>
    </mat-dialog-actions>
  `,
})
export class MunkiPromote {
  private readonly api = inject(Api);
  private readonly opened = inject<MatDialogRef<MunkiPromote, boolean>>(MatDialogRef);

  protected readonly data = inject<PromotedItem>(MAT_DIALOG_DATA);
  protected readonly from = signal(this.data.item.catalogs[0] ?? '');
  protected readonly to = signal('');
  protected readonly keeps = signal(false);
  protected readonly isBusy = signal(false);
  protected readonly fault = signal('');
  /** A large part of the repository was changed within a short time: that must be meant. */
  protected readonly isMany = signal(false);
  protected readonly isConfirmed = signal(false);
  protected readonly others = computed(() => this.data.catalogs.filter((name) => name !== 'all' && name !== this.from()));
  protected readonly curl = computed(() => curlOf(promoteMunkiItems, this.params()));

  protected async save(): Promise<void> {
    this.isBusy.set(true);
    this.fault.set('');
    try {
      const { skipped } = await this.api.invoke(promoteMunkiItems, this.params());
      if (skipped.length === 0) this.opened.close(true);
      else this.fault.set(skipped[0]!.reason);
    } catch (error) {
      this.isMany.set(codeOf(error) === 'mass-delete-unconfirmed');
      this.fault.set(this.isMany() ? sentenceOf(error).replace(/ If it is meant.*$/, '') : sentenceOf(error));
    } finally {
      this.isBusy.set(false);
    }
  }

  private params() {
    return {
      body: {
        paths: [this.data.item.path],
        from: this.from(),
        to: this.to().trim(),
        keep_from: this.keeps(),
        ...(this.isConfirmed() && { confirm: true }),
      },
    };
  }
}
