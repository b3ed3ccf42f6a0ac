import { ChangeDetectionStrategy, Component, computed, inject, signal } from '@angular/core';
import { FormsModule } from '@angular/forms';
import { MatButtonModule } from '@angular/material/button';
import { MAT_DIALOG_DATA, MatDialogModule, MatDialogRef } from '@angular/material/dialog';
import { MatFormFieldModule } from '@angular/material/form-field';
import { MatInputModule } from '@angular/material/input';
import { MatSelectModule } from '@angular/material/select';
import { createUser, updateUser, type UserDto } from '#libs/api-client';
import { CopyButton } from '../shared/copy-button';
import { curlOf } from '../shared/curl';
import { faultOf, sentenceOf } from '../shared/problem';
import { PeopleStore } from './people-store';
import { roles, roleWords, type Role } from './roles';

/** Creates a user or sets a new password; closes with the user's name. */
@Component({
  changeDetection: ChangeDetectionStrategy.OnPush,
  imports: [CopyButton, FormsModule, MatButtonModule, MatDialogModule, MatFormFieldModule, MatInputModule, MatSelectModule],
  template: `
    <h2 mat-dialog-title>
      @if (user) {
        <ng-container i18n>A new password for {{ user.username }}</ng-container>
      } @else {
        <ng-container i18n>Add a user</ng-container>
      }
    </h2>
    <mat-dialog-content>
      <form id="user-form" class="fields" (ngSubmit)="save()" autocomplete="off">
        @if (!user) {
          <mat-form-field>
            <mat-label i18n>User name</mat-label>
            <input matInput name="username" maxlength="100" required autocapitalize="none" spellcheck="false" [(ngModel)]="username" />
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
        }
        <mat-form-field>
          <mat-label i18n>First password</mat-label>
          <input matInput name="password" type="password" autocomplete="new-password" required [(ngModel)]="password" />
          <mat-hint i18n>At least 12 characters. The next sign-in asks for another one.</mat-hint>
        </mat-form-field>
        <p class="error" role="alert">{{ fault() }}</p>
      </form>
    </mat-dialog-content>
    <mat-dialog-actions align="end">
      <ods-copy class="first" [text]="curl()" what="the command" i18n-what label="Copy as curl" i18n-label />
      <button matButton mat-dialog-close type="button" i18n>Cancel</button>
      <button matButton="filled" type="submit" form="user-form" [disabled]="isBusy()">
        @if (user) {
          <ng-container i18n>Set password</ng-container>
        } @else {
          <ng-container i18n>Add</ng-container>
        }
      </button>
    </mat-dialog-actions>
  `,
})
export class UserDialog {
  private readonly store = inject(PeopleStore);
  private readonly dialog = inject<MatDialogRef<UserDialog, string>>(MatDialogRef);

  /** Null: a new user. */
  protected readonly user = inject<UserDto | null>(MAT_DIALOG_DATA);
  protected readonly roles = roles;
  protected readonly words = roleWords;
  protected readonly username = signal('');
  protected readonly role = signal<Role>('viewer');
  protected readonly password = signal('');
  protected readonly isBusy = signal(false);
  protected readonly fault = signal('');
  /** Without the password: commands end up in histories. */
  protected readonly curl = computed(() =>
    this.user
      ? curlOf(updateUser, { id: this.user.id, body: { password: 'A PASSWORD' } })
      : curlOf(createUser, { body: { username: this.username(), role: this.role(), password: 'A PASSWORD' } }),
  );

  protected async save(): Promise<void> {
    if (this.isBusy()) return;
    this.isBusy.set(true);
    this.fault.set('');
    try {
      const password = this.password();
      if (this.user) await this.store.changeUser(this.user.id, { password });
      else await this.store.addUser({ username: this.username().trim(), role: this.role(), password });
      this.dialog.close(this.user?.username ?? this.username().trim());
    } catch (error) {
      this.fault.set(faultOf(error, 'username') ?? faultOf(error, 'password') ?? sentenceOf(error));
    } finally {
      this.isBusy.set(false);
    }
  }
}
