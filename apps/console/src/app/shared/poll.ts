import { DestroyRef, inject } from '@angular/core';

/** Repeats `refresh` while the page is visible, never twice at once; ends with the component that asked for it. */
export function pollWhileVisible(refresh: () => Promise<void>, everyMs: () => number): void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isOver = false;
  const next = (): void => {
    timer = setTimeout(() => void tick(), everyMs());
  };
  const tick = async (): Promise<void> => {
    if (!document.hidden) await refresh();
    if (!isOver) next();
  };
  next();
  inject(DestroyRef).onDestroy(() => {
    isOver = true;
    clearTimeout(timer);
  });
}
