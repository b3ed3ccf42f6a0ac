import { compareStamps } from '#libs/replication/stamp.js';
import { productRules, type Rules } from './rules.js';
import { SimMesh } from './sim-mesh.js';

const FIRST_SEED = Number(process.env['ODS_SIM_SEED'] ?? 1);
const SEEDS = Number(process.env['ODS_SIM_SEEDS'] ?? 500);

/** Answers what broke, or null. */
function fault(seed: number, rules: Rules): string | null {
  const mesh = new SimMesh(seed, rules);
  try {
    mesh.run();
    for (const [filename, writes] of mesh.acknowledged) {
      const inForce = mesh.nodes[0]!.server.rows.get(filename)!.entry;
      const newest = writes.reduce((a, b) => (compareStamps(a.stamp, b.stamp) > 0 ? a : b));
      if (inForce.uuid !== newest.uuid || compareStamps(inForce.stamp, newest.stamp) !== 0)
        return `The newest acknowledged write of ${filename} was lost.`;
    }
    return null;
  } catch (error) {
    return (error as Error).message;
  }
}

const firstFault = (rules: Rules, seeds: number): string | null => {
  for (let seed = FIRST_SEED; seed < FIRST_SEED + seeds; seed += 1) {
    const found = fault(seed, rules);
    if (found !== null) return `seed ${seed} (ODS_SIM_SEED=${seed} ODS_SIM_SEEDS=1): ${found}`;
  }
  return null;
};

describe('a simulated mesh', () => {
  it(`keeps its promises under ${SEEDS} seeds of drops, doubles, delays, partitions and crashes`, () => {
    expect(firstFault(productRules, SEEDS)).toBeNull();
  });

  it('really is stormy', () => {
    const mesh = new SimMesh(FIRST_SEED, productRules);
    mesh.run();
    const { messages, dropped, crashes, writes } = mesh.counts;
    expect({ hasTraffic: messages > 100, hasLoss: dropped > 10, hasCrashes: crashes > 0, hasWrites: writes > 10 }).toEqual({
      hasTraffic: true,
      hasLoss: true,
      hasCrashes: true,
      hasWrites: true,
    });
  });

  const planted: Record<string, Partial<Rules>> = {
    'a merge that keeps what it has when the milliseconds are the same': {
      supersedes: (incoming, current) => current === null || incoming.stamp.wallMs > current.stamp.wallMs,
    },
    'a merge that takes whatever comes': { supersedes: () => true },
    'a clock that ignores what it has seen': { witness: (clock) => clock },
    'an acknowledgement that counts one change too many': {
      acknowledgedAfter: (_known, _epoch, next) => next + 1,
      positionAfter: (from, answer) => ({ epoch: answer.epoch, seq: answer.next === from.seq ? answer.next : answer.next + 1 }),
    },
    'a server that serves what its stage does not admit': {
      effectsOf: (entry, current, server) => ({ ...productRules.effectsOf(entry, current, server), placement: 'serve' }),
    },
  };

  it.each(Object.entries(planted))('is what finds %s', (_, bug) => {
    expect(firstFault({ ...productRules, ...bug }, 200)).not.toBeNull();
  });
});
