import fc from 'fast-check';
import { CatalogDigest } from './catalog-digest.js';
import type { MissingContent, ServerSummary } from './server-summary.js';
import { admits, stages } from './stage.js';
import { everywhereSentence, type KnownServer, type Verdict, verdictOn } from './verdict.js';

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
  missing: [],
  missingCount: 0,
};
const server: KnownServer = { name: 'Lab', stage: 'Prod', summary, missing: new Map(), agrees: agreed, silence: null };
const lacking = (missing: Partial<MissingContent>): KnownServer => {
  const all = { uuid, percent: 0, isActive: false, reason: null, ...missing };
  return { ...server, missing: new Map([[uuid, all]]), summary: { ...summary, missing: [all], missingCount: 1 } };
};

describe('the verdict on a package at a server', () => {
  it.each<[string, KnownServer, Verdict]>([
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
      'not told of the change',
      { ...server, agrees: agreed.map((_, bucket) => bucket !== 7) },
      { holding: 'unknown', percent: null, sentence: 'Lab has not confirmed the latest changes yet.' },
    ],
    [
      'silent from the start',
      { ...server, summary: null, agrees: [] },
      { holding: 'unknown', percent: null, sentence: 'Lab has not told yet what it holds.' },
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
      'held when it was last heard of',
      { ...server, silence: 'since noon' },
      { holding: 'held', percent: null, sentence: 'Lab has it. Nothing was heard of it since noon.' },
    ],
  ])('is: %s', (_, known, verdict) => expect(verdictOn(asked, known)).toEqual(verdict));

  it('is that it is not wanted where its stage is not admitted, also while the change is not confirmed', () => {
    const test = { ...asked, stage: 'Test' as const };
    expect(verdictOn(test, server)).toMatchObject({
      holding: 'not_wanted',
      sentence: 'Lab is a Prod server: a Test package does not go there.',
    });
    expect(verdictOn(test, { ...server, agrees: [] }).sentence).toContain('has not confirmed the latest change');
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
        const { holding } = verdictOn({ uuid, stage: packageStage, bucket: 0 }, known);
        const isHeld = hasSummary && agrees && !isNamed && unnamed === 0 && admits(stage, packageStage);
        expect(holding === 'held').toBe(isHeld);
      }),
    );
  });
});

describe('is it everywhere?', () => {
  const held = verdictOn(asked, server);
  const missing = verdictOn(asked, lacking({ reason: 'The disk is full.' }));
  const notWanted = verdictOn({ ...asked, stage: 'Dev' }, server);

  it.each<[string, Verdict[]]>([
    ['It is everywhere it belongs: on 2 servers.', [held, notWanted, held]],
    ['It is everywhere it belongs: on 1 server.', [held]],
    ['It is on 1 of the 2 servers it belongs on. Lab has not got it: The disk is full.', [held, missing, notWanted]],
    ['No server of the mesh admits it at its stage.', [notWanted]],
  ])('%s', (sentence, verdicts) => expect(everywhereSentence(verdicts)).toBe(sentence));
});
