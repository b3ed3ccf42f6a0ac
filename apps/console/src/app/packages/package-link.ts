import { ChangeDetectionStrategy, Component, computed, inject, input } from '@angular/core';
import { MatButtonModule } from '@angular/material/button';
import { MatDialog } from '@angular/material/dialog';
import { Session } from '../session/session';
import { CopyButton } from '../shared/copy-button';
import { Downloads } from './downloads';
import { LinkDialog } from './link-dialog';
import { downloadPath } from './package-actions';

/** Where a package is downloaded, and for whom. */
@Component({
  selector: 'ods-package-link',
  changeDetection: ChangeDetectionStrategy.OnPush,
  imports: [CopyButton, MatButtonModule],
  template: `
    <span class="mono">{{ url() }}</span>
    @if (settings()?.link_required) {
      <span class="muted" i18n>only with a link that expires</span>
    } @else {
      <ods-copy [text]="url()" what="the link" i18n-what />
      <ods-copy [text]="command()" what="the command" i18n-what label="Copy as curl" i18n-label />
    }
    @if (mayPublish()) {
      <button matButton (click)="makeLink()" i18n>Copy a link that expires…</button>
    }
  `,
  host: { class: 'row' },
})
export class PackageLink {
  private readonly dialog = inject(MatDialog);

  readonly filename = input.required<string>();
  protected readonly settings = inject(Downloads).settings;
  protected readonly mayPublish = inject(Session).mayPublish;
  protected readonly url = computed(() => location.origin + downloadPath(this.filename()));
  protected readonly command = computed(() => `curl -C - -O ${this.url()}`);

  protected makeLink(): void {
    this.dialog.open<LinkDialog, string>(LinkDialog, { data: this.filename(), width: '520px' });
  }
}
