import { linesOf, wordsOf } from './audit-words';

describe('an audit event in words', () => {
  it('has a sentence for what is known, and the name for what is not', () => {
    expect([wordsOf('package.deleted'), wordsOf('webhook.created')]).toEqual(['Package deleted', 'webhook created']);
  });

  it('shows what was before beside what is now', () => {
    expect(linesOf({ stage: 'Prod', notes: null, before: { stage: 'Test' } })).toEqual(['stage: Test → Prod', 'notes: null']);
    expect(linesOf(null)).toEqual([]);
    expect(linesOf({ before: 'unknown', reason: 'wrong password' })).toEqual(['reason: wrong password']);
  });
});
