import { choiceInWords, groupsOf } from './event-groups';

const type = (name: string) => ({ type: name, description: `What ${name} means.`, example: {} });

describe('the events to choose from', () => {
  it('is in groups, and what fits nowhere else is about this server', () => {
    const groups = groupsOf([type('package.synced'), type('disk.low'), type('peer.reachable'), type('new.thing')]);
    expect(groups.map(({ label, events }) => [label, ...events.map((event) => event.label)])).toEqual([
      ['Packages', 'Package arrived'],
      ['Other servers', 'Server answers again'],
      ['This server', 'Disk almost full', 'new thing'],
    ]);
  });

  it('leaves out groups without events', () => {
    expect(groupsOf([type('peer.reachable')])).toHaveLength(1);
  });

  it('is summed up in a few words', () => {
    expect([null, [], ['disk.low'], ['disk.low', 'package.synced']].map(choiceInWords)).toEqual([
      'Everything',
      'Nothing',
      'Disk almost full',
      'Disk almost full and 1 more',
    ]);
  });
});
