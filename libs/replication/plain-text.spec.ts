import { faultOfText, shownText } from './plain-text.js';

describe('the rule for texts', () => {
  it.each(['', 'Approved', 'two\nlines\r\n\tand a tab', 'Grüße 👩‍👩‍👧 日本', '\u00ad'])('takes %j', (text) =>
    expect(faultOfText(text)).toBeNull(),
  );

  it.each([
    ['a\0b', /NUL/],
    ['\ud83d', /surrogate/],
    ['x\udc00', /surrogate/],
    ['\u0007', /control/],
    ['\u001b[2J', /control/],
    ['\u007f', /control/],
    ['\u0085', /control/],
  ])('refuses %j', (text, words) => expect(faultOfText(text)).toMatch(words));

  it('shows what breaks it without breaking anything', () => {
    expect(shownText('a\0b\ud800c\u001b[2J\r\nd')).toBe('a\uFFFDb\uFFFDc\uFFFD[2J d');
    expect(faultOfText(shownText('\0\ud800\u0007'))).toBeNull();
  });
});
