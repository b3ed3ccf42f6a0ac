import { warningsOf } from './upload-warnings.js';

const codes = (filename: string, status: 'Public' | 'Withdrawn' = 'Public') =>
  warningsOf({ filename, stage: 'Dev', status }).map(({ code }) => code);

describe('warningsOf', () => {
  it.each(['NoMAD.pkg', 'Two words-1.0_b.dmg', 'a (1).pkg'])('%s needs none', (name) => expect(codes(name)).toEqual([]));

  it.each(['a+b.pkg', '100%.pkg', 'Büro.pkg', 'a#b.pkg'])('%s is often misread', (name) =>
    expect(codes(name)).toEqual(['name-is-often-misread']),
  );

  it('says that the package is not served here', () => expect(codes('NoMAD.pkg', 'Withdrawn')).toEqual(['not-served-here']));
});
