import { DestroyRef, inject } from '@angular/core';
import { takeUntilDestroyed } from '@angular/core/rxjs-interop';
import { auditTime } from 'rxjs';
import { Live } from './live';

/** Events that come together are answered once. */
const GATHER_MS = 250;
/** While events arrive, only what they do not cover is polled, and that is not urgent. */
const LIVE_MS = 5_000;

/** Repeats `refresh` at every event and from time to time while the page is visible, never twice at once; ends with the component that asked for it. */
export function pollWhileVisible(refresh: () => Promise<void>, everyMs: () => number): void {
  const live = inject(Live);
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isOver = false;
  let isRunning = false;
  let isWanted = false;
  const next = (): void => {
    clearTimeout(timer);
    timer = setTimeout(() => void tick(), live.isConnected() ? Math.max(LIVE_MS, everyMs()) : everyMs());
  };
  const tick = async (): Promise<void> => {
    isWanted = isRunning;
    if (isRunning) return;
    isRunning = true;
    if (!document.hidden) await refresh();
    isRunning = false;
    if (isOver) return;
    next();
    if (isWanted) await tick();
  };
  next();
  live.events.pipe(auditTime(GATHER_MS), takeUntilDestroyed()).subscribe(() => void tick());
  inject(DestroyRef).onDestroy(() => {
    isOver = true;
    clearTimeout(timer);
  });
}
