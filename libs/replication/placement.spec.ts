import { placementOf } from './placement.js';
import { admits, stages } from './stage.js';

describe('stages', () => {
  it('admit what is at their own stage or later', () => {
    const table = stages.map((server) => stages.filter((stage) => admits(server, stage)));
    expect(table).toEqual([['Dev', 'Test', 'Prod'], ['Test', 'Prod'], ['Prod']]);
  });
});

describe('what a server does about a package', () => {
  it.each([
    ['a wanted one that is here', { deleted: false, stage: 'Prod' }, 'Test', true, 'serve'],
    ['a wanted one that is not', { deleted: false, stage: 'Prod' }, 'Test', false, 'fetch'],
    ['one of an earlier stage', { deleted: false, stage: 'Dev' }, 'Test', true, 'withdraw'],
    ['one of an earlier stage that is not here', { deleted: false, stage: 'Dev' }, 'Prod', false, 'withdraw'],
    ['a deleted one', { deleted: true, stage: 'Prod' }, 'Dev', true, 'retire'],
  ] as const)('%s', (_, entry, server, isOnDisk, expected) => {
    expect(placementOf(entry, server, isOnDisk)).toBe(expected);
  });
});
