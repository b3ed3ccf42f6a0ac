import { ChangeDetectionStrategy, Component, computed, inject, signal } from '@angular/core';
import { FormsModule } from '@angular/forms';
import { MatButtonModule } from '@angular/material/button';
import { MatDialogModule, MatDialogRef } from '@angular/material/dialog';
import { MatFormFieldModule } from '@angular/material/form-field';
import { MatInputModule } from '@angular/material/input';
import { MatSelectModule } from '@angular/material/select';
import { createUser, type CreateUserDto } from '#libs/api-client';
import { CopyButton } from '../shared/copy-button';
import { curlOf } from '../shared/curl';
import { faultOf, sentenceOf } from '../shared/problem';
import { PeopleStore } from './people-store';
import { roles, roleWords, type Role } from './roles';

/** Creates the account of a program; closes with its name. */
@Component({
  changeDetection: ChangeDetectionStrategy.OnPush,
  imports: [CopyButton, FormsModule, MatButtonModule, MatDialogModule, MatFormFieldModule, MatInputModule, MatSelectModule],
  template: `
    <h2 mat-dialog-title i18n>Add a service account</h2>
    <mat-dialog-content>
      <form id="service-account-form" class="fields" (ngSubmit)="save()" autocomplete="off">
        <mat-form-field>
          <mat-label i18n>Name</mat-label>
          <input matInput name="username" maxlength="64" required autocapitalize="none" spellcheck="false" [(ngModel)]="username" />
          <mat-hint i18n>Which program it is for, such as build-service.</mat-hint>
        </mat-form-field>
        <mat-form-field>
          <mat-label i18n>Role</mat-label>
          <mat-select name="role" [(ngModel)]="role">
            @for (option of roles; track option) {
              <mat-option [value]="option">{{ option }}</mat-option>
            }
          </mat-select>
          <mat-hint>{{ words[role()] }}</mat-hint>
        </mat-form-field>
        <p class="muted small" i18n>It has no password and cannot sign in. Its tokens never do more than this role.</p>
        <p class="error" role="alert">{{ fault() }}</p>
      </form>
    </mat-dialog-content>
    <mat-dialog-actions align="end">
      <ods-copy class="first" [text]="curl()" what="the command" i18n-what label="Copy as curl" i18n-label />
      <button matButton mat-dialog-close type="button" i18n>Cancel</button>
      <button matButton="filled" type="submit" form="service-account-form" [disabled]="isBusy()" i18n>Add</button>
    </mat-dialog-actions>
  `,
  styles: `
    p {
      margin: 0;
    }
  `,
})
export class ServiceAccountDialog {
  private readonly store = inject(PeopleStore);
  private readonly dialog = inject<MatDialogRef<ServiceAccountDialog, string>>(MatDialogRef);

  protected readonly roles = roles;
  protected readonly words = roleWords;
  protected readonly username = signal('');
  protected readonly role = signal<Role>('publisher');
  protected readonly isBusy = signal(false);
  protected readonly fault = signal('');
  private readonly body = computed((): CreateUserDto => ({ username: this.username().trim(), role: this.role(), service: true }));
  protected readonly curl = computed(() => curlOf(createUser, { body: this.body() }));

  protected async save(): Promise<void> {
    if (this.isBusy()) return;
    this.isBusy.set(true);
    this.fault.set('');
    try {
      await this.store.addUser(this.body());
      this.dialog.close(this.body().username);
    } catch (error) {
      this.fault.set(faultOf(error, 'username') ?? sentenceOf(error));
    } finally {
      this.isBusy.set(false);
    }
  }
}
