import { ChangeDetectionStrategy, Component, computed, inject, signal } from '@angular/core';
import { FormsModule } from '@angular/forms';
import { MatButtonModule } from '@angular/material/button';
import { MatDialogModule } from '@angular/material/dialog';
import { MatFormFieldModule } from '@angular/material/form-field';
import { MatInputModule } from '@angular/material/input';
import { Api, createDownloadCredential, type NewDownloadCredentialDto } from '#libs/api-client';
import { CopyButton } from '../shared/copy-button';
import { curlOf } from '../shared/curl';
import { faultOf, sentenceOf } from '../shared/problem';

/** Makes a user name and secret for managed computers, and shows the secret this one time. */
@Component({
  changeDetection: ChangeDetectionStrategy.OnPush,
  imports: [CopyButton, FormsModule, MatButtonModule, MatDialogModule, MatFormFieldModule, MatInputModule],
  template: `
    @if (made(); as credential) {
      <h2 mat-dialog-title i18n>Copy the secret now</h2>
      <mat-dialog-content>
        <p i18n>It is shown this one time. Enter both where the clients get them: in the distribution point in Jamf Pro, for example.</p>
        <dl class="facts">
          <dt i18n>User name</dt>
          <dd class="mono">{{ credential.username }}</dd>
          <dt i18n>Secret</dt>
          <dd class="mono">{{ credential.secret }}</dd>
        </dl>
        <p class="row">
          <ods-copy [text]="credential.username" what="the user name" i18n-what label="Copy user name" i18n-label />
          <ods-copy [text]="credential.secret" what="the secret" i18n-what label="Copy secret" i18n-label />
        </p>
      </mat-dialog-content>
      <mat-dialog-actions align="end">
        <button matButton="filled" mat-dialog-close type="button" i18n>I have it</button>
      </mat-dialog-actions>
    } @else {
      <h2 mat-dialog-title i18n>A credential for downloads</h2>
      <mat-dialog-content>
        <form id="credential-form" class="fields" (ngSubmit)="create()" autocomplete="off">
          <mat-form-field>
            <mat-label i18n>Name</mat-label>
            <input matInput name="name" maxlength="100" required [(ngModel)]="name" />
            <mat-hint i18n>What has it: a distribution point, a group of computers.</mat-hint>
          </mat-form-field>
          <mat-form-field>
            <mat-label i18n>User name</mat-label>
            <input matInput name="username" maxlength="64" [(ngModel)]="username" />
            <mat-hint i18n>Made when it is left empty.</mat-hint>
          </mat-form-field>
          <p class="error" role="alert">{{ fault() }}</p>
        </form>
      </mat-dialog-content>
      <mat-dialog-actions align="end">
        <ods-copy class="first" [text]="curl()" what="the command" i18n-what label="Copy as curl" i18n-label />
        <button matButton mat-dialog-close type="button" i18n>Cancel</button>
        <button matButton="filled" type="submit" form="credential-form" [disabled]="isBusy()" i18n>Make the credential</button>
      </mat-dialog-actions>
    }
  `,
})
export class DownloadCredentialDialog {
  private readonly api = inject(Api);

  protected readonly name = signal('');
  protected readonly username = signal('');
  protected readonly isBusy = signal(false);
  protected readonly fault = signal('');
  protected readonly made = signal<NewDownloadCredentialDto | null>(null);
  private readonly body = computed(() => {
    const username = this.username().trim();
    return { name: this.name().trim(), ...(username === '' ? {} : { username }) };
  });
  protected readonly curl = computed(() => curlOf(createDownloadCredential, { body: this.body() }));

  protected async create(): Promise<void> {
    if (this.isBusy()) return;
    this.isBusy.set(true);
    this.fault.set('');
    try {
      this.made.set(await this.api.invoke(createDownloadCredential, { body: this.body() }));
    } catch (error) {
      this.fault.set(faultOf(error, 'name') ?? faultOf(error, 'username') ?? sentenceOf(error));
    } finally {
      this.isBusy.set(false);
    }
  }
}
