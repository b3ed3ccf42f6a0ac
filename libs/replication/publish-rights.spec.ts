import { legacyRegisters } from './legacy-entry.js';
import { admitByRights, type PublishRights, presetRights } from './publish-rights.js';
import { flatten, type Registers, type Update, writesOf } from './register.js';
import type { Stage } from './stage.js';

const entry = (filename: string, stage: Stage, wallMs = 1, uuid = '1') => ({
  ...{ filename, stage, deleted: false, size: 1, sha1: '0'.repeat(40), sha256: '0'.repeat(64), manifestSha256: '0'.repeat(64) },
  ...{ uuid: uuid.repeat(32), notes: null, createdMs: 1, originIss: 'a'.repeat(32), root: null },
  stamp: { wallMs, counter: 0, iss: 'a'.repeat(32) },
});
const registers = (stage: Stage): Registers => legacyRegisters(entry('Tool.pkg', stage));
const upload = (stage: Stage, uuid = '2'): Update => legacyRegisters(entry('Tool.pkg', stage, 9, uuid));
const deletion = (): Update => ({ deletion: legacyRegisters({ ...entry('Tool.pkg', 'Dev', 9), deleted: true }).deletion });
const promotion = (stage: Stage): Update => ({ stage: legacyRegisters(entry('Tool.pkg', stage, 9)).stage });
const notes = (): Update => ({ notes: { ...legacyRegisters(entry('Tool.pkg', 'Dev', 9)).notes, value: 'new' } });

const accepts = (rights: PublishRights, update: Update, before: Registers | null): boolean => {
  const { update: admitted, refused } = admitByRights(update, before, () => rights);
  expect([...writesOf(admitted), ...refused.flatMap(({ writes }) => writes)]).toHaveLength(writesOf(update).length);
  expect(refused.every(({ code, reason }) => code === 'rights' && reason.includes('Tool.pkg'))).toBe(true);
  return refused.length === 0;
};

it.each([
  ['full', 'a new package in Prod', upload('Prod'), null, true],
  ['full', 'a deletion', deletion(), registers('Prod'), true],
  ['publish-to-dev', 'a new package in Dev', upload('Dev'), null, true],
  ['publish-to-dev', 'a new package in Prod', upload('Prod'), null, false],
  ['publish-to-dev', 'another content of a package in Dev', upload('Dev'), registers('Dev'), true],
  ['publish-to-dev', 'another content of a package in Prod', upload('Dev'), registers('Prod'), false],
  ['publish-to-dev', 'an upload that promotes', upload('Test'), registers('Dev'), false],
  ['publish-to-dev', 'a promotion', promotion('Test'), registers('Dev'), false],
  ['publish-to-dev', 'a deletion', deletion(), registers('Dev'), false],
  ['publish-to-dev', 'a note', notes(), registers('Dev'), true],
  ['receive-only', 'a new package', upload('Dev'), null, false],
  ['receive-only', 'a note', notes(), registers('Dev'), false],
] as const)('%s: %s', (preset, _what, update, before, isAccepted) => {
  expect(accepts(presetRights[preset], update, before)).toBe(isAccepted);
});

it('names are patterns, without regard to case, and nothing in them is code', () => {
  const only = (names: string[]): PublishRights => ({ ...presetRights.full, names });
  for (const [pattern, isAccepted] of [
    ['*', true],
    ['tool.*', true],
    ['T??l.pkg', true],
    ['*.dmg', false],
    ['Tool.pk', false],
    ['Tool(.pkg', false],
    ['.*', false],
  ] as const)
    expect(accepts(only([pattern]), upload('Dev'), null)).toBe(isAccepted);
});

it('parts of other authors are accepted beside those that are refused', () => {
  const before = registers('Prod');
  const other = { ...notes().notes!, stamp: { wallMs: 8, counter: 0, iss: 'b'.repeat(32) } };
  const rightsOf = ({ stamp }: { stamp: { iss: string } }) =>
    stamp.iss === 'b'.repeat(32) ? presetRights.full : presetRights['receive-only'];
  const { update, refused } = admitByRights({ ...upload('Prod'), notes: other }, before, rightsOf);
  expect(writesOf(update)).toEqual([other]);
  expect(refused[0]!.writes.map(({ register }) => register)).toEqual(['content', 'stage']);
  expect(flatten(before).uuid).toBe('1'.repeat(32));
});
