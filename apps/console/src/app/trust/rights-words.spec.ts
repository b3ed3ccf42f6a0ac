import { invitationMeaning, namedPresets, patternsOf, rightsInWords } from './rights-words';

const none = { publish: false, replace: false, promote: false, delete: false, max_stage: 'Dev', names: ['*'] } as const;

describe('the rights of a server in words', () => {
  it('name what it may do, up to which stage, with which packages', () => {
    const rights = { ...none, publish: true, delete: true, max_stage: 'Test' as const, names: ['Adobe*', 'Xcode*'] };
    expect(rightsInWords(rights)).toBe('add, delete; up to Test; Adobe*, Xcode*');
    expect(rightsInWords({ ...none, names: ['*'], replace: true, promote: true })).toBe(
      'replace, promote and demote; up to Dev; all names',
    );
  });

  it('are "nothing" without any act', () => {
    expect(rightsInWords({ ...none, names: [] })).toBe('nothing');
  });

  it('are one sentence for each preset of an invitation, and for none', () => {
    const meanings = [null, ...namedPresets].map(invitationMeaning);
    expect(new Set(meanings).size).toBe(4);
    expect(meanings[0]).toContain('NEW_SERVER_RIGHTS');
    expect(invitationMeaning('receive-only')).toBe('It receives packages, and none of its changes count here.');
  });

  it('are read from lines', () => {
    expect(patternsOf(' Adobe* \n\n*.pkg\n')).toEqual(['Adobe*', '*.pkg']);
  });
});
