import type { NetworkServer } from './known-servers.js';

/**
 * `in_sync` the same catalog, and all that it admits; `catching_up` something is still on its way there; `unreachable` a peer
 * that does not answer; `silent` not seen for a while; `unknown` it has reported nothing yet.
 */
export const conditions = ['in_sync', 'catching_up', 'unreachable', 'silent', 'unknown'] as const;
export type Condition = (typeof conditions)[number];

export interface ServerCondition {
  readonly condition: Condition;
  /** One sentence for people. */
  readonly sentence: string;
}

const packages = (count: number): string => `${count} ${count === 1 ? 'package' : 'packages'}`;

/** Whether a server has all that it should have, in a word and in a sentence. */
export function conditionOf(server: NetworkServer): ServerCondition {
  const { name, summary, silence, trouble, agrees } = server;
  if (trouble !== null) return { condition: 'unreachable', sentence: `${name} has not answered ${silence}: ${trouble}` };
  if (silence !== null) return { condition: 'silent', sentence: `${name} has been silent ${silence}.` };
  if (!summary) return { condition: 'unknown', sentence: `${name} has not reported yet what it holds.` };
  if (!agrees.every(Boolean) || agrees.length === 0)
    return { condition: 'catching_up', sentence: `${name} has not confirmed the latest changes yet.` };
  if (summary.missingCount === 0) return { condition: 'in_sync', sentence: `${name} has everything that belongs there.` };
  const [first] = summary.missing;
  const why = first?.isActive ? 'they are on their way.' : (first?.reason ?? 'they wait for their turn.');
  return { condition: 'catching_up', sentence: `${name} still lacks ${packages(summary.missingCount)}: ${why}` };
}
