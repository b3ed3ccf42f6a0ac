import { ChangeDetectionStrategy, Component, inject } from '@angular/core';
import { MatButtonModule } from '@angular/material/button';
import { MAT_DIALOG_DATA, MatDialogModule } from '@angular/material/dialog';
import { getWebhookSecret, type WebhookDto } from '#libs/api-client';
import { CopyButton } from '../shared/copy-button';
import { curlOf } from '../shared/curl';

export interface Shown {
  readonly webhook: WebhookDto;
  readonly secret: string;
  /** Whether the receiver needs the new secret. */
  readonly isNew: boolean;
}

/** What receivers check messages with: a secret, or the public key. */
@Component({
  selector: 'ods-webhook-secret',
  changeDetection: ChangeDetectionStrategy.OnPush,
  imports: [CopyButton, MatButtonModule, MatDialogModule],
  template: `
    <h2 mat-dialog-title i18n>How {{ shown.webhook.name }} knows that it is this server</h2>
    <mat-dialog-content>
      @if (shown.isNew) {
        <p i18n>Give the receiver one of these two now.</p>
      }
      <h3 i18n>Secret (signature v1, HMAC)</h3>
      <p class="muted small" i18n>
        Whoever has it can sign messages in this server's name. Each time it is shown stands in the audit trail.
      </p>
      <p class="mono secret">{{ shown.secret }}</p>
      <ods-copy [text]="shown.secret" what="the secret" i18n-what label="Copy the secret" i18n-label />
      <h3 i18n>Public key (signature v1a, Ed25519)</h3>
      <p class="muted small" i18n>Checks messages, too, and is no secret.</p>
      <p class="mono">{{ shown.webhook.public_key }}</p>
      <ods-copy [text]="shown.webhook.public_key" what="the public key" i18n-what label="Copy the public key" i18n-label />
      <p class="muted small" i18n>
        Messages follow Standard Webhooks 1.0: libraries of most languages check them with one call. Chats need neither.
      </p>
    </mat-dialog-content>
    <mat-dialog-actions align="end">
      <ods-copy class="first" [text]="curl" what="the command" i18n-what label="Copy as curl" i18n-label />
      <button matButton="filled" mat-dialog-close type="button" i18n>I have it</button>
    </mat-dialog-actions>
  `,
  styles: `
    h3 {
      margin-top: 14px;
      font-size: 1rem;
    }
    p {
      margin: 4px 0;
    }
  `,
})
export class SecretDialog {
  protected readonly shown = inject<Shown>(MAT_DIALOG_DATA);
  protected readonly curl = curlOf(getWebhookSecret, { id: this.shown.webhook.id });
}
