import { whyUnknown } from './jamf-use.js';

const DAY_MS = 86_400_000;

describe('whether it is known what Jamf Pro has', () => {
  it('is known on the server that compares, for a day', () => {
    expect(whyUnknown(DAY_MS, true, 2 * DAY_MS)).toBeNull();
    expect(whyUnknown(DAY_MS, true, 2 * DAY_MS + 1)).toContain('within a day');
    expect(whyUnknown(null, true, DAY_MS)).toContain('within a day');
  });

  it('is not known on a server that stands by, however new its comparison is', () => {
    expect(whyUnknown(DAY_MS, false, DAY_MS)).toContain('does not compare');
  });
});
