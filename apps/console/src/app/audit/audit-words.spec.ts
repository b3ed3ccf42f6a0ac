import { linesOf, wordsOf } from './audit-words';

describe('an audit event in words', () => {
  it('has a sentence for what is known, and the name for what is not', () => {
    expect([wordsOf('package.deleted'), wordsOf('new.thing_done')]).toEqual(['Package deleted', 'new thing done']);
  });

  it('shows what was before beside what is now, and leaves out what stayed', () => {
    const details = { before: { stage: 'Test', notes: null }, after: { stage: 'Prod', notes: null } };
    expect(linesOf(details)).toEqual(['stage: Test → Prod']);
    expect(linesOf({ iss: 'ab', from: { paused: false }, to: { paused: true } })).toEqual(['paused: false → true', 'iss: ab']);
  });

  it('shows plain details as they are', () => {
    expect(linesOf(null)).toEqual([]);
    expect(linesOf({ reason: 'wrong password', stages: ['Dev'], limit: null })).toEqual([
      'reason: wrong password',
      'stages: ["Dev"]',
      'limit: –',
    ]);
  });
});
