import { diskImageFinding } from './doctor.js';

describe('what doctor says of the program for disk images', () => {
  it('names the one that is there', () => {
    expect(diskImageFinding('/usr/bin/7zz')).toEqual({ level: 'ok', text: '7-Zip (/usr/bin/7zz) reads what is inside disk images.' });
  });

  it('says what to install when there is none', () => {
    expect(diskImageFinding(null)).toMatchObject({ level: 'warning', text: expect.stringContaining('apt install 7zip') });
  });
});
