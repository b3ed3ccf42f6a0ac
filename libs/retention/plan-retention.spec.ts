import type { RetentionRule } from '#libs/entities/retention-rule.entity.js';
import type { KnownTitle } from '#libs/packages/titles/package-metadata.repository.js';
import { planRetention, type RuledPackage } from './plan-retention.js';

const DAY = 86_400_000;
const NOW = 1_000 * DAY;
const rule = (keep: number, minAgeDays = 0): RetentionRule => ({
  position: 0,
  stage: null,
  filename: null,
  titleKey: null,
  keep,
  minAgeDays,
});

const demo = (version: string | null, more: Partial<KnownTitle> = {}): KnownTitle => ({
  ...{ titleKey: 'com.example.demo', title: 'Demo', version, kind: 'product_archive' },
  ...{ signature: 'valid', signer: 'Example', teamId: 'ABCDE12345', anchor: 'apple', ...more },
});

/** Uploaded so many days ago. */
const one = (filename: string, daysAgo: number, read: KnownTitle | null, more: Partial<RuledPackage> = {}): RuledPackage => ({
  ...{ filename, uuid: filename, stage: 'Prod', size: 1, createdMs: NOW - daysAgo * DAY, read, isHere: true, rule: rule(1), usedBy: null },
  ...more,
});

const removed = (packages: readonly RuledPackage[]): string[] =>
  planRetention(packages, NOW)
    .filter(({ isRemoved }) => isRemoved)
    .map(({ subject }) => subject.filename);
const reasonOf = (packages: readonly RuledPackage[], filename: string): string | undefined =>
  planRetention(packages, NOW).find(({ subject }) => subject.filename === filename)?.reason;

describe('a plan for old versions', () => {
  it.each<[string, RuledPackage[], string[]]>([
    ['goes by the version, not by the upload', [one('1.9', 1, demo('1.9')), one('1.10', 5, demo('1.10'))], ['1.9']],
    ['goes by the upload where versions have no order', [one('rc2', 1, demo('rc2')), one('b1', 5, demo('b1'))], ['b1']],
    ['keeps versions with and without an order apart', [one('rc2', 1, demo('rc2')), one('1.0', 5, demo('1.0'))], []],
    ['is not led in a circle', [one('2', 9, demo('2')), one('?', 5, demo(null)), one('1', 1, demo('1'))], ['1']],
    ['goes by the upload where versions are the same', [one('again', 1, demo('1.0')), one('first', 5, demo('1.0'))], ['first']],
    ['keeps what is alone', [one('1.0', 500, demo('1.0'))], []],
    ['keeps what no rule fits', [one('2', 1, demo('2')), one('1', 5, demo('1'), { rule: null })], []],
    ['keeps what was not inspected', [one('2', 1, demo('2')), one('old', 5, null)], []],
    ['keeps what has no title', [one('2', 1, demo('2')), one('old', 5, demo('1', { titleKey: null }))], []],
    ['counts each stage alone', [one('2', 1, demo('2'), { stage: 'Test' }), one('1', 5, demo('1'))], []],
    ['counts other kinds alone', [one('2', 1, demo('2', { kind: 'deb' })), one('1', 5, demo('1'))], []],
    ['takes the two kinds of pkg for one', [one('2', 1, demo('2', { kind: 'component_package' })), one('1', 5, demo('1'))], ['1']],
    [
      'takes title keys for the same whatever the case',
      [one('2', 1, demo('2', { titleKey: 'COM.example.Demo' })), one('1', 5, demo('1'))],
      ['1'],
    ],
    ['is not fooled by another signer', [one('99', 1, demo('99', { teamId: 'ZZZZZ99999' })), one('1', 5, demo('1'))], []],
    [
      'is not fooled by no signature',
      [one('99', 1, demo('99', { signature: 'unsigned', signer: null, teamId: null })), one('1', 5, demo('1'))],
      [],
    ],
    ['does not count what has not arrived', [one('2', 1, demo('2'), { isHere: false }), one('1', 5, demo('1'))], []],
    ['removes what is not here itself', [one('2', 1, demo('2')), one('1', 5, demo('1'), { isHere: false })], ['1']],
    ['keeps what something needs', [one('2', 1, demo('2')), one('1', 5, demo('1'), { usedBy: 'A record names it.' })], []],
    [
      'keeps as many as the rule says',
      ['1', '2', '3', '4'].map((version, index) => one(version, 9 - index, demo(version), { rule: rule(2) })),
      ['1', '2'],
    ],
    ['keeps what is young', [one('2', 1, demo('2')), one('1', 5, demo('1'), { rule: rule(1, 6) })], []],
    ['removes on the day', [one('2', 1, demo('2')), one('1', 6, demo('1'), { rule: rule(1, 6) })], ['1']],
  ])('%s', (_what, packages, gone) => {
    expect(removed(packages)).toEqual(gone);
    expect(removed([...packages].reverse()).sort()).toEqual([...gone].sort());
  });

  it('says why', () => {
    const packages = [
      one('4', 1, demo('4'), { rule: rule(2) }),
      one('3', 2, demo('3'), { rule: rule(2) }),
      one('2', 3, demo('2'), { rule: rule(2, 30) }),
      one('1', 40, demo('1'), { rule: rule(2, 30) }),
      one('0', 41, demo('0'), { usedBy: 'A record names it.' }),
      one('?', 50, null),
    ];
    expect(planRetention(packages, NOW).map(({ reason }) => reason)).toEqual([
      'It is one of the newest 2 in Prod here.',
      'It is one of the newest 2 in Prod here.',
      'It was uploaded less than 30 days ago.',
      '2 newer versions are in Prod here.',
      'A record names it.',
      'Its title is not known on this server.',
    ]);
    expect(reasonOf([one('1', 5, demo('1'))], '1')).toBe('It is the newest in Prod here.');
    expect(reasonOf([one('2', 1, demo('2')), one('1', 5, demo('1'))], '1')).toBe('A newer version is in Prod here.');
  });

  it('leaves the newest of each title whatever rules say, for any mixture', () => {
    for (let seed = 1; seed <= 200; seed++) {
      let state = seed;
      const next = (below: number): number => (state = (state * 48_271) % 2_147_483_647) % below;
      const packages = Array.from({ length: 30 }, (_, index) =>
        one(`p${index}`, next(100), demo(next(3) === 0 ? null : `${next(4)}.${next(4)}`, { titleKey: `t${next(3)}` }), {
          rule: rule(1 + next(3)),
        }),
      );
      const gone = new Set(removed(packages));
      for (const key of ['t0', 't1', 't2']) {
        const titles = packages.filter(({ read }) => read!.titleKey === key);
        if (titles.length > 0) expect(titles.filter(({ filename }) => !gone.has(filename)).length).toBeGreaterThan(0);
      }
    }
  });

  it('of 20,000 versions of one title takes little time', () => {
    const many = Array.from({ length: 20_000 }, (_, index) => one(`${index}`, index % 900, demo(`1.${index}`), { rule: rule(3) }));
    const begun = process.cpuUsage();
    expect(removed(many).length).toBe(20_000 - 3);
    expect(process.cpuUsage(begun).user).toBeLessThan(10_000_000);
  });
});
