import fc from 'fast-check';
import { destructionBy, isMassChange, type PackageHere } from './mass-change-policy.js';
import { admits, stages } from './stage.js';

const policy = { packages: 10, percent: 20 };

describe('a mass change', () => {
  it.each([
    [9, 9, false], // all of a small catalog
    [10, 10, true],
    [10, 49, true],
    [10, 50, false], // exactly the share
    [11, 50, true],
    [2_000, 10_000, false],
    [2_001, 10_000, true],
  ])('%d of %d: %s', (changed, packages, expected) => {
    expect(isMassChange(policy, { changed, packages })).toBe(expected);
  });

  it('is none when the guard is off', () => {
    expect(isMassChange({ packages: 10, percent: 100 }, { changed: 50, packages: 50 })).toBe(false);
  });
});

describe('what a change destroys', () => {
  const here: PackageHere = { uuid: '1', size: 5, sha256: 'aa', stage: 'Test', isHere: true, isServed: true };
  const same = { deleted: false, uuid: '1', size: 5, sha256: 'aa', stage: 'Test' } as const;

  it.each([
    ['nothing, when only the notes change', same, here, null],
    ['the package', { ...same, deleted: true }, here, 'delete'],
    ['the copy here', { ...same, stage: 'Dev' as const }, here, 'withdraw'],
    ['the content', { ...same, uuid: '2', sha256: 'bb' }, here, 'replace'],
    ['the content, also when the size says another one', { ...same, uuid: '2', size: 6 }, here, 'replace'],
    ['nothing, when the same bytes come under a new uuid', { ...same, uuid: '2' }, here, null],
    ['nothing, when the content has not arrived here yet', { ...same, uuid: '2', sha256: 'bb' }, { ...here, isServed: false }, null],
    ['nothing, when it was promoted', { ...same, stage: 'Prod' as const }, here, null],
    ['nothing of what is not here', { ...same, deleted: true }, { ...here, isHere: false }, null],
  ])('is %s', (_, incoming, current, kind) => expect(destructionBy(incoming, current, 'Test')).toBe(kind));

  it('is the stage, when an earlier one is admitted here too', () => {
    expect(destructionBy({ ...same, stage: 'Dev' }, here, 'Dev')).toBe('demote');
  });

  it('is null only for what leaves the name, its served content and a stage at least as late', () => {
    const entry = fc.record({
      uuid: fc.constantFrom('1', '2'),
      size: fc.constantFrom(5, 6),
      sha256: fc.constantFrom('aa', 'bb'),
      stage: fc.constantFrom(...stages),
      deleted: fc.boolean(),
    });
    fc.assert(
      fc.property(entry, entry, fc.constantFrom(...stages), (current, incoming, serverStage) => {
        fc.pre(!current.deleted && admits(serverStage, current.stage));
        if (destructionBy(incoming, { ...current, isHere: true, isServed: true }, serverStage) !== null) return;
        expect(incoming.deleted).toBe(false);
        expect(stages.indexOf(incoming.stage)).toBeGreaterThanOrEqual(stages.indexOf(current.stage));
        if (incoming.uuid !== current.uuid) expect([incoming.sha256, incoming.size]).toEqual([current.sha256, current.size]);
      }),
    );
  });
});
