import { pngWatch, requireLines } from './flattened.js';

const png = Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex');
const withoutBreaks = (bytes: Buffer): Buffer => Buffer.from(bytes.filter((byte) => byte !== 10 && byte !== 13 && byte !== 0));

describe('files that lost their line breaks', () => {
  it.each([
    ['long and of one line', 'x'.repeat(1_025), true],
    ['long, of lines', `${'x'.repeat(1_025)}\n`, false],
    ['long, of lines of an old Mac', `${'x'.repeat(1_025)}\r`, false],
    ['short', 'x'.repeat(1_024), false],
  ])('a list that is %s', (_name, text, isRefused) => {
    const check = (): void => requireLines(Buffer.from(text));
    if (isRefused) expect(check).toThrow('ODSRepo.py');
    else expect(check).not.toThrow();
  });

  it.each([1, 3, 7, 16])('a picture that comes in pieces of %d bytes', (step) => {
    const seeing = (picture: Buffer) => () => {
      const watch = pngWatch();
      for (let at = 0; at < picture.length; at += step) watch(picture.subarray(at, at + step));
    };
    expect(seeing(png)).not.toThrow();
    expect(seeing(withoutBreaks(png))).toThrow('picture');
    expect(seeing(Buffer.from('icns and so on, no picture that is known'))).not.toThrow();
  });
});
