import { fitting, pagesFor } from './palette-entries';

const labelsOf = (isAdmin: boolean, text: string): string[] => fitting(pagesFor(isAdmin), text).map(({ label }) => label);

describe('what the palette offers', () => {
  it('is found by any of its words', () => {
    expect(labelsOf(true, 'pack')).toEqual(['Packages', 'Deleted packages', 'Package locations']);
    expect(labelsOf(true, 'packages del')).toEqual(['Deleted packages']);
  });

  it('is only what may be opened', () => {
    expect(labelsOf(false, '')).not.toContain('Users');
    expect(labelsOf(true, '')).toContain('Users');
  });
});
