/** When news that would take packages away is too much to be believed without asking (docs/mesh.md, "A brake on mass deletes"). */
export interface BrakePolicy {
  /** Fewer removals than this are never held. */
  readonly packages: number;
  /** Share of the catalog, in percent; 100 switches the brake off. */
  readonly percent: number;
}

export interface RemovalCount {
  /** Removals within the window: made, held, and now to be made. */
  readonly removals: number;
  /** Packages of the catalog as it was before them. */
  readonly packages: number;
}

export const isMassRemoval = ({ packages, percent }: BrakePolicy, count: RemovalCount): boolean =>
  percent < 100 && count.removals >= packages && count.removals * 100 > count.packages * percent;
