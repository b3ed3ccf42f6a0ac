import { backupName, chooseRemovals, type FoundBackup, timeOfBackup } from './choose-removals.js';

const iss = 'e7becdda9a9046f6a78f69ef591e9835';
const other = '28f7adde4f674873807a4c8c69b641d0';
const day = (date: number, month = '03'): string => `ods-2026${month}${String(date).padStart(2, '0')}T120000Z`;
const own = (name: string): FoundBackup => ({ name, iss });

describe('the name of a backup', () => {
  it('is read back', () => {
    const ms = Date.UTC(2026, 2, 1, 12, 0, 7);
    expect(backupName(ms + 999)).toBe('ods-20260301T120007Z');
    expect(timeOfBackup('ods-20260301T120007Z')).toBe(ms);
  });

  it.each([
    ...['ods-20261301T120000Z', 'ods-20260230T120000Z', 'ods-20260301T250000Z', 'ods-20260301T120060Z', 'ods-99999999T999999Z'],
    ...[
      '',
      '.',
      '..',
      'ods-',
      'ods',
      'ods-20260301T120000Z/..',
      '../ods-20260301T120000Z',
      'ods-20260301T120000Z\n',
      '\nods-20260301T120000Z',
    ],
    ...['ODS-20260301T120000Z', 'ods-20260301T120000z', 'ods-20260301T120000Z.part', ' ods-20260301T120000Z', 'ods-20260301T120000Z '],
    ...[
      'ods-２０２６0301T120000Z',
      'ods-2026-03-01T12:00:00Z',
      'ods-20260301T1200000Z',
      'my-ods-20260301T120000Z',
      '.ods-x.part',
      'monday',
    ],
  ])('is not %j', (name) => expect(timeOfBackup(name)).toBeNull());
});

describe('which backups are removed', () => {
  const choose = (found: readonly FoundBackup[], made: string, keep: number): string[] => chooseRemovals(found, { made, iss, keep });

  it('are the oldest beyond the number that is kept, in whatever order they are found', () => {
    const found = [day(4), day(1), day(5), day(3), day(2)].map(own);
    expect(choose(found, day(5), 3)).toEqual([day(1), day(2)]);
    expect(choose(found, day(5), 5)).toEqual([]);
    expect(choose(found, day(5), 100)).toEqual([]);
  });

  it('are never the new one, also where only one is kept', () => {
    expect(choose([day(1), day(2)].map(own), day(2), 1)).toEqual([day(1)]);
    expect(choose([own(day(1))], day(1), 1)).toEqual([]);
  });

  it('are those that a wrong clock dated later than the new one, before others', () => {
    const found = [day(1), day(2), day(3), day(20, '11'), day(21, '11')].map(own);
    expect(choose(found, day(3), 3)).toEqual([day(20, '11'), day(21, '11')]);
    expect(choose(found, day(3), 1)).toEqual([day(20, '11'), day(21, '11'), day(1), day(2)]);
  });

  it('are none of another server, none that is not complete, and nothing of another name; these do not count as kept', () => {
    const found = [
      own(day(5)),
      own(day(4)),
      { name: day(1), iss: other },
      { name: day(2), iss: null },
      ...['ods-20261301T120000Z', '../ods-20260301T120000Z', 'ods-20260301T120000Z.old', 'monday', '..', ''].map(own),
    ];
    expect(choose(found, day(5), 1)).toEqual([day(4)]);
    expect(choose(found, day(5), 2)).toEqual([]);
  });

  it('are none of a server without a name', () => {
    expect(chooseRemovals([{ name: day(1), iss: null }], { made: day(2), iss: '', keep: 1 })).toEqual([]);
  });
});
