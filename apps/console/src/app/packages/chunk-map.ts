import { ChangeDetectionStrategy, Component, computed, input } from '@angular/core';
import type { BlockRangeDto, TransferDetailDto } from '#libs/api-client';

const COLUMNS = 64;
const MOST_CELLS = COLUMNS * 8;
/** Runs of blocks that are named for those who do not see the picture. */
const MOST_RUNS = 12;

/** How much of each cell's blocks is here, 0 to 1. A cell is one block, or several when there are many. */
export function fillOf(count: number, ranges: readonly BlockRangeDto[]): number[] {
  const perCell = Math.max(1, Math.ceil(count / MOST_CELLS));
  const here = new Array<number>(Math.ceil(count / perCell)).fill(0);
  for (const { first, last } of ranges) {
    for (let cell = Math.floor(first / perCell); cell <= Math.floor(last / perCell); cell++) {
      here[cell]! += Math.min(last, (cell + 1) * perCell - 1) - Math.max(first, cell * perCell) + 1;
    }
  }
  return here.map((blocks, cell) => blocks / Math.min(perCell, count - cell * perCell));
}

const shapeOf = (cells: readonly number[], isMeant: (fill: number) => boolean): string =>
  cells.map((fill, cell) => (isMeant(fill) ? `M${cell % COLUMNS} ${Math.floor(cell / COLUMNS)}h.85v.8h-.85z` : '')).join('');

/** Which blocks of a package are here while it is on its way. */
@Component({
  selector: 'ods-chunk-map',
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <svg [attr.viewBox]="frame()" role="img" [attr.aria-label]="text()">
      <path class="absent" [attr.d]="shapes().absent" />
      <path class="part" [attr.d]="shapes().part" />
      <path class="here" [attr.d]="shapes().here" />
    </svg>
    <p class="muted small" i18n>{{ count() }} of {{ transfer().block_count }} blocks are here.</p>
  `,
  styles: `
    svg {
      display: block;
      width: 100%;
      max-height: 160px;
      margin-top: 10px;
    }
    .absent {
      fill: var(--ods-line);
    }
    .part {
      fill: color-mix(in srgb, var(--ods-busy) 50%, var(--ods-line));
    }
    .here {
      fill: var(--ods-busy);
    }
    p {
      margin: 4px 0 0;
    }
  `,
})
export class ChunkMap {
  readonly transfer = input.required<TransferDetailDto>();

  protected readonly count = computed(() => this.transfer().blocks_here.reduce((sum, { first, last }) => sum + last - first + 1, 0));
  private readonly cells = computed(() => fillOf(this.transfer().block_count, this.transfer().blocks_here));
  protected readonly shapes = computed(() => ({
    absent: shapeOf(this.cells(), (fill) => fill === 0),
    part: shapeOf(this.cells(), (fill) => fill > 0 && fill < 1),
    here: shapeOf(this.cells(), (fill) => fill === 1),
  }));
  protected readonly frame = computed(() => `0 0 ${COLUMNS} ${Math.max(1, Math.ceil(this.cells().length / COLUMNS))}`);
  protected readonly text = computed(() => {
    const { blocks_here: runs, block_count: all } = this.transfer();
    const named = runs.slice(0, MOST_RUNS).map(({ first, last }) => (first === last ? String(first) : `${first}–${last}`));
    const list = runs.length > MOST_RUNS ? [...named, '…'] : named;
    const which = list.length === 0 ? '' : `: ${list.join(', ')}`;
    return $localize`${this.count()} of ${all} blocks are here${which}`;
  });
}
