/** Where the page before ended. */
export interface PagePosition {
  readonly value: string | number;
  readonly id: number;
}
