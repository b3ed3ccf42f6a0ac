import { ChangeDetectionStrategy, Component, input } from '@angular/core';

export type ChipTone = 'good' | 'busy' | 'warn' | 'bad' | 'plain';

/** A state in one word, with a dot whose colour only repeats what the word says. */
@Component({
  selector: 'ods-chip',
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `<span class="chip" [class]="tone()"><span class="dot" aria-hidden="true"></span><ng-content /></span>`,
  styles: `
    .chip {
      display: inline-flex;
      align-items: center;
      gap: 7px;
      white-space: nowrap;
      font-size: 0.87rem;
      font-weight: 500;
    }
    :host(.wrap) .chip {
      white-space: normal;
      align-items: baseline;
    }
    .dot {
      flex: none;
      width: 8px;
      height: 8px;
      border-radius: 50%;
      background: currentColor;
    }
    .good {
      color: var(--ods-good);
    }
    .busy {
      color: var(--ods-busy);
    }
    .warn {
      color: var(--ods-warn);
    }
    .bad {
      color: var(--ods-bad);
    }
    .plain {
      color: var(--ods-muted);
    }
  `,
})
export class Chip {
  readonly tone = input<ChipTone>('plain');
}
