import type { MunkiItem } from '../catalogs/munki-item.js';
import { plannedPromotions, type PromotionRule } from './due-promotions.js';

const DAY = 86_400_000;
const item = (name: string, more: Partial<MunkiItem> = {}): MunkiItem => ({
  ...{ path: `pkgsinfo/${name}.plist`, name, version: '1', catalogs: ['testing'], changedMs: 10 * DAY, isListed: true, problem: null },
  ...more,
});
const rule = (more: Partial<PromotionRule> = {}): PromotionRule => ({
  ...{ from: 'testing', to: 'production', keepsFrom: false, afterDays: 7, except: [] },
  ...more,
});
const shown = (items: readonly MunkiItem[], rules: readonly PromotionRule[]) =>
  plannedPromotions(items, rules).map((each) => [each.item.name, each.to, each.dueMs / DAY, each.heldBy]);

describe('planned promotions', () => {
  it('count days from the last change, and come in the order of their times', () => {
    const items = [item('Late', { changedMs: 12 * DAY }), item('B'), item('A')];
    expect(shown(items, [rule()])).toEqual([
      ['A', 'production', 17, null],
      ['B', 'production', 17, null],
      ['Late', 'production', 19, null],
    ]);
  });

  it('follow the first rule that fits, and leave out what a rule excepts or would not change', () => {
    const items = [
      item('Xcode'),
      item('Firefox'),
      item('Both', { catalogs: ['testing', 'production'] }),
      item('Old', { catalogs: ['production'] }),
    ];
    const rules = [rule({ except: ['Xcode'], afterDays: 3 }), rule({ to: 'pilot', keepsFrom: true, except: ['Both'] })];
    expect(shown(items, rules)).toEqual([
      ['Firefox', 'production', 13, null],
      ['Xcode', 'pilot', 17, null],
    ]);
  });

  it('wait as long as the item has a problem', () => {
    expect(shown([item('Odd', { problem: 'It has no icon.' })], [rule()])).toEqual([['Odd', 'production', 17, 'It has no icon.']]);
  });

  it('are none without rules', () => {
    expect(plannedPromotions([item('A')], [])).toEqual([]);
  });
});
