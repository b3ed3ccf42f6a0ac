import { titleLine } from './title-line';

describe('the line under a filename', () => {
  it.each([
    ['Demo-1.2.3.pkg', 'Demo App', '1.2.3', 'Demo App 1.2.3'],
    ['Google Chrome 126.0.dmg', 'Google Chrome', '126.0', null],
    ['NoMAD.pkg', 'NoMAD', null, null],
    ['NoMAD.pkg', 'NoMAD', '1.3', 'NoMAD 1.3'],
    ['a.pkg', null, null, null],
    ['a.pkg', null, '2.0', '2.0'],
  ])('of %s with %s %s is %s', (filename, title, version, expected) => {
    expect(titleLine({ filename, title, version })).toBe(expected);
  });
});
