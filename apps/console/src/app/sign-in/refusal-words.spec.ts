import { refusalWords } from './refusal-words';

describe('why a sign-in with the company was refused', () => {
  it('says whom to ask', () => expect(refusalWords('no-role')).toContain('Ask an administrator of this server'));

  it.each([undefined, '', 'Call +1 555 0100', 'constructor', '__proto__'])('says nothing for %j', (reason) =>
    expect(refusalWords(reason)).toBe(''),
  );
});
