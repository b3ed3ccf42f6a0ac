import fc from 'fast-check';
import { CatalogDigest } from './catalog-digest.js';
import type { MissingContent, ServerSummary } from './server-summary.js';
import { admits, stages } from './stage.js';
import { spreadOf, spreadSentence, type KnownServer, type HoldingStatus, holdingAt } from './holding-status.js';

const uuid = '1'.repeat(32);
const asked = { uuid, stage: 'Prod', bucket: 7 } as const;
const agreed = new Array<boolean>(256).fill(true);
const summary: ServerSummary = {
  iss: 'a'.repeat(32),
  name: 'Lab',
  stage: 'Prod',
  url: null,
  firewalledMode: false,
  issuedMs: 1,
  peers: [],
  freeBytes: 0,
  packages: 3,
  digest: new CatalogDigest().toText(),
  digest2: null,
  munkiDigest: null,
  missing: [],
  missingCount: 0,
  kept: [],
};
const server: KnownServer = { name: 'Lab', stage: 'Prod', summary, missing: new Map(), agrees: agreed, silence: null, staleSince: null };
const lacking = (missing: Partial<MissingContent>): KnownServer => {
  const all = { uuid, percent: 0, isActive: false, reason: null, ...missing };
  return { ...server, missing: new Map([[uuid, all]]), summary: { ...summary, missing: [all], missingCount: 1 } };
};

describe('the status of a package at a server', () => {
  it.each<[string, KnownServer, Partial<HoldingStatus>]>([
    ['held', server, { holding: 'held', percent: null, sentence: 'Lab has it.' }],
    [
      'on its way',
      lacking({ isActive: true, percent: 42 }),
      { holding: 'on_its_way', percent: 42, sentence: 'Lab is fetching it: 42 % are there.' },
    ],
    [
      'missing, with its reason',
      lacking({ reason: 'The disk is full.', percent: 3 }),
      { holding: 'missing', percent: 3, sentence: 'Lab has not got it: The disk is full.' },
    ],
    ['missing for no reason yet', lacking({}), { holding: 'missing', percent: 0, sentence: 'Lab has not got it: it waits for its turn.' }],
    [
      'not notified of the change',
      { ...server, agrees: agreed.map((_, bucket) => bucket !== 7) },
      { holding: 'unknown', percent: null, sentence: 'Lab has not confirmed the latest changes yet.' },
    ],
    [
      'silent from the start',
      { ...server, summary: null, agrees: [] },
      { holding: 'unknown', percent: null, sentence: 'Lab has not reported yet what it holds.' },
    ],
    [
      'perhaps among those that are not named',
      { ...server, summary: { ...summary, missingCount: 9 } },
      {
        holding: 'unknown',
        percent: null,
        sentence: 'Lab lacks 9 packages and has named 0 of them; whether this is one of the others is not known.',
      },
    ],
    [
      'held when it was last seen',
      { ...server, silence: 'since noon' },
      { holding: 'held', percent: null, sentence: 'Lab has it. It has been silent since noon.' },
    ],
    [
      'not counted when it last reported too long ago',
      { ...server, silence: 'since May', staleSince: '2026-05-01' },
      {
        holding: 'unknown',
        percent: null,
        sentence: 'Lab had it when it last reported, on 2026-05-01: that is too long ago to count.',
        isStale: true,
      },
    ],
  ])('is: %s', (_, known, status) => expect(holdingAt(asked, known)).toEqual({ isStale: false, ...status }));

  it('is that it is not wanted where its stage is not admitted, also while the change is not confirmed', () => {
    const test = { ...asked, stage: 'Test' as const };
    expect(holdingAt(test, server)).toMatchObject({
      holding: 'not_wanted',
      sentence: 'Lab is a Prod server: a Test package does not go there.',
    });
    expect(holdingAt(test, { ...server, agrees: [] }).sentence).toContain('has not confirmed the latest change');
  });

  it('never says held of what a server named as missing, has not confirmed, or does not admit', () => {
    const any = fc.record({
      stage: fc.constantFrom(...stages),
      packageStage: fc.constantFrom(...stages),
      isNamed: fc.boolean(),
      agrees: fc.boolean(),
      unnamed: fc.integer({ min: 0, max: 2 }),
      hasSummary: fc.boolean(),
    });
    fc.assert(
      fc.property(any, ({ stage, packageStage, isNamed, agrees, unnamed, hasSummary }) => {
        const base = isNamed ? lacking({}) : server;
        const missingCount = base.missing.size + unnamed;
        const known = { ...base, stage, agrees: [agrees], summary: hasSummary ? { ...base.summary!, stage, missingCount } : null };
        const { holding } = holdingAt({ uuid, stage: packageStage, bucket: 0 }, known);
        const isHeld = hasSummary && agrees && !isNamed && unnamed === 0 && admits(stage, packageStage);
        expect(holding === 'held').toBe(isHeld);
      }),
    );
  });
});

describe('is it everywhere?', () => {
  const held = holdingAt(asked, server);
  const missing = holdingAt(asked, lacking({ reason: 'The disk is full.' }));
  const notWanted = holdingAt({ ...asked, stage: 'Dev' }, server);

  const stale = holdingAt(asked, { ...server, name: 'Oslo', staleSince: '2026-05-01' });
  const staler = holdingAt(asked, { ...server, name: 'Bergen', staleSince: '2026-04-01' });

  it.each<[string, string, HoldingStatus[]]>([
    ['everywhere', 'It is everywhere it belongs: on 2 servers.', [held, notWanted, held]],
    ['everywhere', 'It is everywhere it belongs: on 1 server.', [held]],
    ['partial', 'It is on 1 of the 2 servers it belongs on. Lab has not got it: The disk is full.', [held, missing, notWanted]],
    [
      'partial',
      'It is known to be on 1 of the 3 servers it belongs on. Oslo had it when it last reported, on 2026-05-01: that is too long ago to count. Bergen had it when it last reported, on 2026-04-01: that is too long ago to count.',
      [held, stale, staler],
    ],
    ['nowhere', 'No server of the mesh admits it at its stage.', [notWanted]],
    ['nowhere', 'No server of the mesh admits it at its stage.', []],
  ])('%s: %s', (spread, sentence, statuses) => {
    expect([spreadOf(statuses), spreadSentence(statuses)]).toEqual([spread, sentence]);
  });
});
