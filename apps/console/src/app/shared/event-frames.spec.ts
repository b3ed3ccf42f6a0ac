import { FrameCutter } from './event-frames';

describe('a stream of server-sent events', () => {
  it('is cut into messages wherever its pieces end', () => {
    const text = ': hello\n\nid: 7\nevent: package.uploaded\ndata: {"filename":"a.pkg"}\n\nevent: transfers\ndata: []\n\nid: 8\nev';
    const expected = [
      { type: 'package.uploaded', id: '7' },
      { type: 'transfers', id: null },
    ];
    for (const size of [1, 2, 5, text.length]) {
      const cutter = new FrameCutter();
      const pieces = text.match(new RegExp(`[^]{1,${size}}`, 'g')) ?? [];
      expect(pieces.flatMap((piece) => cutter.cut(piece))).toEqual(expected);
    }
  });

  it('moves the position on without an event', () => {
    expect(new FrameCutter().cut('id: 12\n\n')).toEqual([{ type: '', id: '12' }]);
  });

  it('has messages without a name, and lines that end as on Windows', () => {
    expect(new FrameCutter().cut('data: x\r\n\r\n:\r\n\r\n')).toEqual([{ type: 'message', id: null }]);
  });
});
