import { titleKeyOf, titleOf } from './title-of.js';

describe('the title in a filename', () => {
  it.each([
    ['NoMAD.pkg', 'NoMAD', null],
    ['Firefox-128.0.3.pkg', 'Firefox', '128.0.3'],
    ['Google Chrome 126.0.6478.127.dmg', 'Google Chrome', '126.0.6478.127'],
    ['vlc-3.0.21-arm64.dmg', 'vlc', '3.0.21'],
    ['hello_2.10-3_amd64.deb', 'hello', '2.10-3'],
    ['7z2408-x64.exe', '7z', '2408'],
    ['tool-v1.2.tar.gz', 'tool', '1.2'],
    ['2024.pkg', '2024', null],
    ['Setup.exe', 'Setup', null],
  ])('%s', (filename, title, version) => {
    expect(titleOf(filename)).toEqual({ title, version });
  });

  it('makes a key', () => {
    expect(titleKeyOf('Google Chrome 126.0.dmg')).toBe('google-chrome');
  });
});
