import { MatDialogConfig } from '@angular/material/dialog';

/**
 * What has the focus when a dialog has closed. One that was opened from a menu would give it back to an item that is gone by then,
 * and whoever uses the keyboard would begin again at the top of the page; so the button of the menu gets it.
 */
export function opener(): HTMLElement | true {
  const menu = document.activeElement?.closest('[role="menu"]');
  return (menu && document.querySelector<HTMLElement>(`[aria-controls="${menu.id}"]`)) ?? true;
}

/** The usual ones, but the opener: it is looked for whenever a dialog opens. */
export const dialogDefaults = (): MatDialogConfig =>
  Object.defineProperty(new MatDialogConfig(), 'restoreFocus', { get: opener, enumerable: true });
