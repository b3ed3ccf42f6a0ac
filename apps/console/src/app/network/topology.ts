import { ChangeDetectionStrategy, Component, computed, input } from '@angular/core';
import type { PeerDto } from '#libs/api-client';

export interface Spot {
  readonly id: number;
  readonly name: string;
  readonly status: PeerDto['status'];
  readonly x: number;
  readonly y: number;
  /** Where its name stands: beside it, away from the middle. */
  readonly anchor: 'start' | 'middle' | 'end';
  readonly labelX: number;
  readonly labelY: number;
}

const CENTRE = { x: 360, y: 180 };
const LONGEST_NAME = 18;
/** More than this on one ring and names would touch. */
const MOST_ON_A_RING = 16;
const rings = [
  { rx: 180, ry: 120 },
  { rx: 235, ry: 152 },
  { rx: 125, ry: 82 },
] as const;

const shortened = (name: string): string => (name.length > LONGEST_NAME ? `${name.slice(0, LONGEST_NAME - 1)}…` : name);

/** Places for the registered servers around this one: one ring, or three in turn when there are many. */
export function layOut(peers: readonly Pick<PeerDto, 'id' | 'name' | 'status'>[]): Spot[] {
  const inTurn = peers.length > MOST_ON_A_RING ? rings : rings.slice(0, 1);
  return peers.map(({ id, name, status }, index) => {
    const angle = (2 * Math.PI * index) / peers.length;
    const { rx, ry } = inTurn[index % inTurn.length]!;
    const [x, y] = [CENTRE.x + rx * Math.cos(angle), CENTRE.y + ry * Math.sin(angle)];
    const side = Math.abs(Math.cos(angle)) < 0.2 ? 0 : Math.sign(Math.cos(angle));
    return {
      id,
      name: shortened(name),
      status,
      x,
      y,
      anchor: side === 0 ? 'middle' : side > 0 ? 'start' : 'end',
      labelX: x + side * 13,
      labelY: y + (side === 0 ? (Math.sin(angle) < 0 ? -13 : 22) : 4),
    };
  });
}

/** This server in the middle, and the ones it is registered with around it. The table below says the same in words. */
@Component({
  selector: 'ods-topology',
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <svg [attr.viewBox]="frame()" role="img" [attr.aria-label]="summary()">
      @for (spot of spots(); track spot.id) {
        <line [class]="spot.status" [attr.x1]="centre.x" [attr.y1]="centre.y" [attr.x2]="spot.x" [attr.y2]="spot.y" />
      }
      @for (spot of spots(); track spot.id) {
        <circle [class]="spot.status" [attr.cx]="spot.x" [attr.cy]="spot.y" r="7" />
        <text [attr.x]="spot.labelX" [attr.y]="spot.labelY" [attr.text-anchor]="spot.anchor">{{ spot.name }}</text>
      }
      <circle class="self" [attr.cx]="centre.x" [attr.cy]="centre.y" r="11" />
      <text class="self" [attr.x]="centre.x" [attr.y]="centre.y + 30" text-anchor="middle">{{ name() }}</text>
    </svg>
  `,
  styles: `
    svg {
      display: block;
      width: 100%;
      max-height: 380px;
    }
    line {
      stroke-width: 2;
    }
    line.unreachable {
      stroke-dasharray: 5 6;
    }
    line.paused,
    line.unknown {
      stroke-dasharray: 2 5;
    }
    .connected {
      stroke: var(--ods-good);
      fill: var(--ods-good);
    }
    .unreachable {
      stroke: var(--ods-bad);
      fill: var(--ods-bad);
    }
    .unknown {
      stroke: var(--ods-warn);
      fill: var(--ods-warn);
    }
    .paused {
      stroke: var(--ods-muted);
      fill: var(--ods-card);
    }
    circle.self {
      fill: var(--mat-sys-primary);
      stroke: var(--ods-card);
      stroke-width: 4;
    }
    text {
      font-size: 13px;
      fill: var(--mat-sys-on-surface);
      paint-order: stroke;
      stroke: var(--ods-card);
      stroke-width: 4;
    }
    text.self {
      font-weight: 600;
    }
    @media (max-width: 600px) {
      text {
        font-size: 22px;
      }
    }
  `,
})
export class Topology {
  readonly name = input.required<string>();
  readonly peers = input.required<readonly PeerDto[]>();

  protected readonly centre = CENTRE;
  protected readonly spots = computed(() => layOut(this.peers()));
  /** No higher than what is in it. */
  protected readonly frame = computed(() => {
    const heights = [CENTRE.y, ...this.spots().map(({ y }) => y)];
    const [top, bottom] = [Math.min(...heights) - 34, Math.max(...heights) + 44];
    return `0 ${top} 720 ${bottom - top}`;
  });
  protected readonly summary = computed(() => {
    const reachable = this.peers().filter(({ status }) => status === 'connected').length;
    return $localize`${this.name()} in the middle, registered with ${this.peers().length} servers, of which ${reachable} answer.`;
  });
}
