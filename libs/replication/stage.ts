/** From earliest to last: a package is promoted from left to right (MESH §5). */
export const stages = ['Dev', 'Test', 'Prod'] as const;
export type Stage = (typeof stages)[number];

/** True when a server of `serverStage` holds packages of `packageStage`: those at its own stage or later. */
export function admits(serverStage: Stage, packageStage: Stage): boolean {
  return stages.indexOf(packageStage) >= stages.indexOf(serverStage);
}
