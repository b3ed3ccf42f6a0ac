import fc from 'fast-check';
import { byKey, compareRange, type NamedHash } from './range-comparison.js';

const key = fc.string({ minLength: 1, maxLength: 3 });
/** A catalog: names with versions; the greater version wins, as stamps do. */
const catalog = fc.dictionary(key, fc.nat(3)).map((names) => new Map(Object.entries(names)));
const hashes = (names: ReadonlyMap<string, number>): NamedHash[] =>
  [...names].map(([name, version]): NamedHash => [name, `v${version}`]).sort(byKey);

/** The protocol as the two servers speak it: the asking one sends pages of its names until its own end is reached. */
function reconcile(asking: Map<string, number>, asked: Map<string, number>, page: number, limit: number): number {
  let calls = 0;
  const take = (into: Map<string, number>, from: ReadonlyMap<string, number>, names: readonly string[]): void => {
    for (const name of names) into.set(name, Math.max(into.get(name) ?? -1, from.get(name)!));
  };
  for (let after: string | null = null; ;) {
    const rest = hashes(asking).filter(([name]) => after === null || name > after);
    const sent = rest.slice(0, page);
    const until = rest.length > page ? sent.at(-1)![0] : null;
    const answer = compareRange(hashes(asked), sent, { after, until }, limit);
    calls += 1;
    const [given, wanted] = [new Map(asked), new Map(asking)];
    take(asking, given, answer.give);
    take(asked, wanted, answer.want);
    if (answer.until === null) return calls;
    after = answer.until;
  }
}

describe('comparing a range of names', () => {
  it('leaves two servers with the same catalog, whatever they had and however small the pages are', () => {
    fc.assert(
      fc.property(catalog, catalog, fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 5 }), (a, b, page, limit) => {
        const union = new Map([...a, ...b].map(([name]) => [name, Math.max(a.get(name) ?? -1, b.get(name) ?? -1)]));
        const [left, right] = [new Map(a), new Map(b)];
        const calls = reconcile(left, right, page, limit);
        expect(hashes(left)).toEqual(hashes(union));
        expect(hashes(right)).toEqual(hashes(union));
        expect(calls).toBeLessThanOrEqual(a.size + b.size + 2);
      }),
    );
  });

  it('moves nothing between two that are the same', () => {
    fc.assert(
      fc.property(catalog, (names) => {
        expect(compareRange(hashes(names), hashes(names), { after: null, until: null }, 10)).toEqual({ give: [], want: [], until: null });
      }),
    );
  });

  it('keeps within the range, whatever was sent', () => {
    const { give, want } = compareRange(
      [
        ['a', '1'],
        ['c', '1'],
        ['e', '1'],
      ],
      [
        ['b', '1'],
        ['z', '1'],
      ],
      { after: 'a', until: 'd' },
      10,
    );
    expect([give, want]).toEqual([['c'], ['b']]);
  });
});
