import { fromField, toField } from './rates';

describe('a rate in a field', () => {
  it('is in MiB per second, and empty without a limit', () => {
    expect([toField(1_572_864), toField(null), fromField(1.5), fromField(null)]).toEqual([1.5, null, 1_572_864, null]);
  });

  it('comes back as it was, to a hundredth', () => {
    for (const value of [0.25, 1, 12.34, 1_000]) expect(toField(fromField(value))).toBe(value);
  });
});
