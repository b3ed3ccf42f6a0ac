import { bodyOf, editedRule, freshRule } from './retention-form';

describe('a rule for old versions while it is edited', () => {
  it('goes back as it came', () => {
    const rule = { stage: 'Dev', filename: '*.pkg', title_key: 'com.example.app', keep: 7, min_age_days: 0 } as const;
    expect(bodyOf(editedRule(rule))).toEqual(rule);
  });

  it('means any by an empty field', () => {
    expect(bodyOf({ ...freshRule(), filename: ' ' })).toEqual({ stage: null, filename: null, title_key: null, keep: 3, min_age_days: 30 });
  });
});
