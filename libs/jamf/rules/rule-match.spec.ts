import type { JamfRule } from '#libs/entities/jamf-rule.entity.js';
import { filled, ruleFor } from './rule-match.js';

const rule = (more: Partial<JamfRule>): JamfRule => ({
  ...{ position: 0, include: true, stage: null, filename: null, titleKey: null, category: null },
  ...{ priority: 10, nameTemplate: '{filename}', infoTemplate: null },
  ...more,
});
const app = { filename: 'App-1.2.pkg', stage: 'Prod', titleKey: 'com.example.app', title: 'App', version: '1.2' } as const;

describe('the rule for a package', () => {
  it('is the first that fits', () => {
    const [first, second] = [rule({ filename: 'other*' }), rule({ filename: 'app*', priority: 3 })];
    expect(ruleFor([first, second, rule({})], app)).toBe(second);
  });

  it.each<[string, readonly JamfRule[]]>([
    ['none fits', [rule({ stage: 'Dev' }), rule({ titleKey: 'com.example.other' }), rule({ filename: '*.dmg' })]],
    ['there is none', []],
    ['the first that fits leaves it out', [rule({ include: false, titleKey: 'COM.example.app' }), rule({})]],
  ])('is none when %s', (_why, rules) => expect(ruleFor(rules, app)).toBeNull());
});

describe('a template', () => {
  it.each([
    ['{title} {version}', 'App 1.2'],
    ['{filename}', 'App-1.2.pkg'],
    ['{titel} {title}', '{titel} App'],
  ])('%j is %j', (template, text) => expect(filled(template, app)).toBe(text));

  it('leaves out what is not known, and does not fill in twice', () => {
    expect(filled('{title} {version}!', { ...app, title: '{filename}', version: null })).toBe('{filename} !');
  });
});
