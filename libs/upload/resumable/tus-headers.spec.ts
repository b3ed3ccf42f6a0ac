import { byteCount, uploadChecksum, uploadMetadata } from './tus-headers.js';

const base64 = (text: string): string => Buffer.from(text).toString('base64');

describe('the headers of tus', () => {
  it('give numbers of bytes', () => {
    expect(byteCount('Upload-Offset', '0')).toBe(0);
    expect(byteCount('Upload-Offset', '68719476736')).toBe(68_719_476_736);
    for (const value of [undefined, '', '-1', '1.5', '1e3', ' 1', '0x10', 'NaN', '9007199254740993n']) {
      expect(() => byteCount('Upload-Offset', value)).toThrow('Upload-Offset');
    }
    // Beyond 2^53: larger than any file may be, and reported as such.
    for (const value of ['9007199254740993', '18446744073709551616', '9'.repeat(40)]) {
      expect(byteCount('Upload-Length', value)).toBe(Number.MAX_SAFE_INTEGER);
    }
  });

  it('give metadata', () => {
    expect([...uploadMetadata(undefined)]).toEqual([]);
    expect([...uploadMetadata('')]).toEqual([]);
    expect([...uploadMetadata(`filename ${base64('Ünïcode.pkg')},replace,stage ${base64('Prod')}`)]).toEqual([
      ['filename', 'Ünïcode.pkg'],
      ['replace', ''],
      ['stage', 'Prod'],
    ]);
    expect([...uploadMetadata(`a ${base64('1')}, b ${base64('2')}`)]).toHaveLength(2);
  });

  it.each([
    ['a key twice', 'a YQ==,a YQ=='],
    ['no key', ' YQ==,'],
    ['an empty pair', 'a YQ==,,b YQ=='],
    ['three words', 'a YQ== YQ=='],
    ['no base64', 'a !!'],
    ['half base64', 'a YQ='],
    ['no UTF-8', `a ${Buffer.from([0xff, 0xfe]).toString('base64')}`],
    ['a key that is no ASCII', 'ä YQ=='],
    ['too many keys', Array.from({ length: 17 }, (_, index) => `k${index}`).join(',')],
  ])('refuse metadata with %s', (_what, header) => {
    expect(() => uploadMetadata(header)).toThrow('Upload-Metadata');
  });

  it('give checksums', () => {
    expect(uploadChecksum(undefined)).toBeNull();
    expect(uploadChecksum('sha1 Kq5sNclPz7QV2+lfQIuc6R7oRu0=')).toMatchObject({ algorithm: 'sha1', digest: expect.any(Buffer) });
    for (const header of ['', 'md5 YQ==x', 'crc32 YQ==', 'sha1 !', 'sha1 YQ== x']) {
      expect(() => uploadChecksum(header)).toThrow('Upload-Checksum');
    }
  });
});
