import { ChangeDetectionStrategy, Component } from '@angular/core';
import { MatButtonModule } from '@angular/material/button';
import { MatDialogModule } from '@angular/material/dialog';

@Component({
  changeDetection: ChangeDetectionStrategy.OnPush,
  imports: [MatButtonModule, MatDialogModule],
  template: `
    <h2 mat-dialog-title i18n>Keys</h2>
    <mat-dialog-content>
      <dl class="facts">
        <dt><kbd>Ctrl K</kbd> <kbd>⌘ K</kbd></dt>
        <dd i18n>Go to a page, a package or a server</dd>
        <dt><kbd>/</kbd></dt>
        <dd i18n>Search in the list</dd>
        <dt><kbd>?</kbd></dt>
        <dd i18n>This list</dd>
        <dt><kbd>Esc</kbd></dt>
        <dd i18n>Close what is open</dd>
      </dl>
    </mat-dialog-content>
    <mat-dialog-actions align="end">
      <button matButton mat-dialog-close i18n>Close</button>
    </mat-dialog-actions>
  `,
})
export class ShortcutHelp {}
