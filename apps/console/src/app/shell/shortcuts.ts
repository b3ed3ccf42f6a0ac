import { inject, Injectable } from '@angular/core';
import { MatDialog } from '@angular/material/dialog';
import { Router } from '@angular/router';

const isTyping = ({ target }: KeyboardEvent): boolean =>
  target instanceof HTMLElement && target.closest('input, textarea, select, [contenteditable], [role=combobox], [role=menu]') !== null;

const searchField = (): HTMLInputElement | null => document.querySelector('main input[type=search]');

/** Keys that work on every page. */
@Injectable({ providedIn: 'root' })
export class Shortcuts {
  private readonly dialog = inject(MatDialog);
  private readonly router = inject(Router);

  async press(event: KeyboardEvent): Promise<void> {
    if (event.defaultPrevented || this.dialog.openDialogs.length > 0) return;
    const isPalette = (event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === 'k';
    const isPlain = !event.ctrlKey && !event.metaKey && !event.altKey && !isTyping(event);
    if (!isPalette && !(isPlain && ['/', '?'].includes(event.key))) return;
    event.preventDefault();
    if (isPalette) await this.openPalette();
    else if (event.key === '/') await this.search();
    else await this.openHelp();
  }

  async openPalette(): Promise<void> {
    const { Palette } = await import('./palette');
    if (this.dialog.openDialogs.length === 0) this.dialog.open(Palette, { width: '560px', position: { top: '12vh' } });
  }

  private async openHelp(): Promise<void> {
    const { ShortcutHelp } = await import('./shortcut-help');
    if (this.dialog.openDialogs.length === 0) this.dialog.open(ShortcutHelp, { width: '420px' });
  }

  /** In the list that is open, or in that of the packages. */
  private async search(): Promise<void> {
    if (!searchField()) await this.router.navigateByUrl('/packages');
    searchField()?.focus();
  }
}
