import { namesOf, serves, type Target } from './stage-targets';

const server = (name: string, stage: Target['stage'], relation: Target['relation'] = 'peer'): Target => ({ name, stage, relation });

describe('the servers that serve a stage', () => {
  it('are those of the same or an earlier stage', () => {
    const all = [server('Lab', 'Dev'), server('Pilot', 'Test'), server('Field', 'Prod')];
    expect(all.filter((each) => serves(each, 'Dev')).map(({ name }) => name)).toEqual(['Lab']);
    expect(all.filter((each) => serves(each, 'Test')).map(({ name }) => name)).toEqual(['Lab', 'Pilot']);
    expect(all.filter((each) => serves(each, 'Prod'))).toHaveLength(3);
  });

  it('are named, this one as such, and many are counted', () => {
    expect(namesOf([server('Lab', 'Dev', 'self'), server('Pilot', 'Test')])).toBe('Lab (this server), Pilot');
    expect(namesOf([server('a', 'Dev'), server('b', 'Dev'), server('c', 'Dev')], 2)).toBe('a, b and 1 more');
  });
});
