import { ChangeDetectionStrategy, Component, inject, signal } from '@angular/core';
import { FormsModule } from '@angular/forms';
import { MatButtonModule } from '@angular/material/button';
import { MAT_DIALOG_DATA, MatDialogModule, MatDialogRef } from '@angular/material/dialog';
import { MatFormFieldModule } from '@angular/material/form-field';
import { MatInputModule } from '@angular/material/input';
import { Api, getMunkiFile, putMunkiFile } from '#libs/api-client';
import { sentenceOf } from '../shared/problem';

/** A file as it was when it was opened. */
export interface EditedFile {
  readonly path: string;
  readonly sha256: string;
}

const manifest = `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
<dict>
	<key>catalogs</key>
	<array>
		<string>production</string>
	</array>
	<key>managed_installs</key>
	<array/>
</dict>
</plist>
`;

/** The entity tag that a content with this SHA-256 has. */
function entityTag(sha256: string): string {
  const letters = sha256.match(/../g)!.map((pair) => String.fromCharCode(Number.parseInt(pair, 16)));
  return `"sha256-${btoa(letters.join('')).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')}"`;
}

/** Edits a text file of the repository, or makes a manifest. Closes with true when it was stored. */
@Component({
  changeDetection: ChangeDetectionStrategy.OnPush,
  imports: [FormsModule, MatButtonModule, MatDialogModule, MatFormFieldModule, MatInputModule],
  template: `
    <h2 mat-dialog-title>{{ file?.path ?? newTitle }}</h2>
    <mat-dialog-content>
      <form id="munki-form" class="fields" (ngSubmit)="save()" autocomplete="off">
        @if (file === null) {
          <mat-form-field>
            <mat-label i18n>Path</mat-label>
            <input matInput name="path" required maxlength="249" [(ngModel)]="path" />
          </mat-form-field>
        }
        <mat-form-field>
          <mat-label i18n>Content</mat-label>
          <textarea
            matInput
            name="content"
            rows="18"
            spellcheck="false"
            class="code"
            [disabled]="isBusy()"
            [(ngModel)]="content"
          ></textarea>
        </mat-form-field>
        <p class="error" role="alert">{{ fault() }}</p>
      </form>
    </mat-dialog-content>
    <mat-dialog-actions align="end">
      <button matButton mat-dialog-close type="button" i18n>Cancel</button>
      <button matButton="filled" type="submit" form="munki-form" [disabled]="isBusy()" i18n>Store on every server</button>
    </mat-dialog-actions>
  `,
  styles: `
    .code {
      font-family: var(--ods-mono, ui-monospace, monospace);
      font-size: 0.85rem;
      line-height: 1.45;
      tab-size: 4;
    }
  `,
})
export class MunkiEditor {
  private readonly api = inject(Api);
  private readonly self = inject<MatDialogRef<MunkiEditor, boolean>>(MatDialogRef);

  protected readonly file = inject<EditedFile | null>(MAT_DIALOG_DATA);
  protected readonly newTitle = $localize`New manifest`;
  protected readonly path = signal('manifests/');
  protected readonly content = signal(this.file === null ? manifest : '');
  protected readonly isBusy = signal(this.file !== null);
  protected readonly fault = signal('');

  constructor() {
    if (this.file !== null) void this.read(this.file.path);
  }

  /** Nothing is overwritten that came after the file was opened. */
  protected async save(): Promise<void> {
    if (this.isBusy()) return;
    this.isBusy.set(true);
    this.fault.set('');
    const condition = this.file === null ? { 'If-None-Match': '*' } : { 'If-Match': entityTag(this.file.sha256) };
    const path = this.file?.path ?? this.path().trim();
    try {
      await this.api.invoke(putMunkiFile, { path, body: new Blob([this.content()]), ...condition });
      this.self.close(true);
    } catch (error) {
      this.fault.set(sentenceOf(error));
    } finally {
      this.isBusy.set(false);
    }
  }

  private async read(path: string): Promise<void> {
    try {
      this.content.set(await (await this.api.invoke(getMunkiFile, { path })).text());
      this.isBusy.set(false);
    } catch (error) {
      this.fault.set(sentenceOf(error)); // and stays busy: what was not read must not be stored
    }
  }
}
