import { groupsIn, roleOf } from './role-of-groups.js';

const map = [
  { group: 'admins', role: 'admin' },
  { group: 'staff', role: 'viewer' },
  { group: 'packagers', role: 'publisher' },
] as const;

describe('the role of a person', () => {
  it.each([
    [['staff'], 'viewer'],
    [['staff', 'packagers'], 'publisher'],
    [['packagers', 'other', 'admins'], 'admin'],
    [['Staff'], null], // another group
    [['staff,admins'], null],
    [[], null],
  ])('of %j is %j', (groups, role) => expect(roleOf(groups, map)).toBe(role));
});

describe('the groups of a claim', () => {
  it.each<[unknown, string[]]>([
    [
      ['a', 'b'],
      ['a', 'b'],
    ],
    ['example.com', ['example.com']],
    [['a', 1, null, { a: 1 }], ['a']],
    [undefined, []],
    [{ a: 'b' }, []],
    [true, []],
  ])('in %j are %j', (claim, groups) => expect(groupsIn(claim)).toEqual(groups));
});
