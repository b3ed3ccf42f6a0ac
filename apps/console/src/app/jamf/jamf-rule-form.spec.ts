import { bodyOf, editedRule, freshRule } from './jamf-rule-form';

describe('a rule while it is edited', () => {
  it('goes back as it came', () => {
    const rule = {
      ...{ include: false, stage: 'Prod', filename: '*.pkg', title_key: 'com.example.app', category: 'Apps' },
      ...{ priority: 3, name_template: '{title}', info_template: 'by ODS' },
    } as const;
    expect(bodyOf(editedRule(rule))).toEqual(rule);
  });

  it('means any by an empty field, and the filename by no name', () => {
    expect(bodyOf({ ...freshRule(), filename: '  ', name: ' ' })).toEqual({
      ...{ include: true, stage: null, filename: null, title_key: null, category: null },
      ...{ priority: 10, name_template: '{filename}', info_template: null },
    });
  });
});
