import fc from 'fast-check';
import { takeWithin } from './take-within.js';

const sizeOf = (items: readonly unknown[]) => items.reduce<number>((sum, item) => sum + Buffer.byteLength(JSON.stringify(item)), 0);

describe('a page of bounded size', () => {
  it('has as many items from the front as fit, and at least one', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'grapheme' })), fc.integer({ min: 0, max: 200 }), (items, bytes) => {
        const page = takeWithin(items, bytes);
        expect(page).toEqual(items.slice(0, page.length));
        expect(page.length).toBeGreaterThanOrEqual(Math.min(1, items.length));
        if (page.length > 1) expect(sizeOf(page)).toBeLessThanOrEqual(bytes);
        if (page.length < items.length) expect(sizeOf(items.slice(0, page.length + 1))).toBeGreaterThan(bytes);
      }),
    );
  });
});
