import { parseAnswer } from './child-answer.js';

const answer = (found: Record<string, unknown>): unknown => {
  const parsed = parseAnswer(JSON.stringify({ state: 'done', found: { kind: 'dmg', ...found } }));
  return parsed?.state === 'done' ? parsed.found : parsed;
};

describe('the answer of a process that a file has taken over', () => {
  it.each(['', '{', 'null', '[]', '"done"', '{"state":"done"}', '{"state":"done","found":{"kind":"virus"}}', '{"state":"waiting"}'])(
    '%j is none',
    (text) => expect(parseAnswer(text)).toBeNull(),
  );

  it('has of a disk image what can be shown, and nothing else', () => {
    expect(answer({ disk_image: { packing: 'lzfse', file_system: 'APFS', has_licence: true, more: 'x' } })).toMatchObject({
      disk_image: { packing: 'lzfse', file_system: 'APFS', has_licence: true },
    });
    const nothing = { packing: null, file_system: null, has_licence: false };
    expect(answer({ disk_image: { packing: '<b>', file_system: ['APFS'], has_licence: 'yes' } })).toMatchObject({ disk_image: nothing });
    expect(answer({ disk_image: 'text' })).toMatchObject({ disk_image: nothing });
    expect([answer({ disk_image: null }), answer({})]).toEqual([
      expect.objectContaining({ disk_image: null }),
      expect.objectContaining({ disk_image: null }),
    ]);
  });

  it('has paths of what is inside only where they can be shown as they are', () => {
    const inside = (path: unknown) => ({ kind: 'application', path, identifier: 'com.example.demo', version: '1' });
    const paths = ['Demo.app', 'De\u202emo.app', ' Demo.app', 7, 'x'.repeat(600)];
    expect(answer({ inside: paths.map(inside) })).toMatchObject({ inside: [inside('Demo.app')] });
  });
});
