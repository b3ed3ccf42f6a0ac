import { ChangeDetectionStrategy, Component, computed, input } from '@angular/core';

const WIDTH = 120;
const HEIGHT = 32;
/** Fewer are a dot that says nothing. */
const FEWEST = 4;

/** Points of a line through the values, the newest at the right. Pure, so that it can be tried alone. */
export function pointsOf(values: readonly number[], most: number, slots: number): string {
  if (values.length < FEWEST) return '';
  const top = Math.max(most, ...values, 1);
  const step = WIDTH / Math.max(1, slots - 1);
  const first = WIDTH - step * (values.length - 1);
  return values
    .map((value, index) => `${(first + index * step).toFixed(1)},${(HEIGHT - 1 - (value / top) * (HEIGHT - 2)).toFixed(1)}`)
    .join(' ');
}

/** The last minutes of a figure, as a small line. The figure itself stands beside it in words. */
@Component({
  selector: 'ods-spark',
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <svg viewBox="0 0 120 32" preserveAspectRatio="none" aria-hidden="true">
      <polyline [attr.points]="points()" />
    </svg>
  `,
  styles: `
    svg {
      display: block;
      width: 100%;
      height: 32px;
    }
    polyline {
      fill: none;
      stroke: var(--mat-sys-primary);
      stroke-width: 1.5;
      vector-effect: non-scaling-stroke;
    }
  `,
})
export class Spark {
  readonly values = input.required<readonly number[]>();
  /** What the top of the picture means, when it is known. */
  readonly most = input(0);
  readonly slots = input(60);
  protected readonly points = computed(() => pointsOf(this.values(), this.most(), this.slots()));
}
