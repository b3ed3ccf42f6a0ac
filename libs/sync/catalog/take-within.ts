/** The first items whose JSON together is at most `bytes` long; at least one, so that a reader always gets on. */
export function takeWithin<Item>(items: readonly Item[], bytes: number): Item[] {
  let used = 0;
  const cut = items.findIndex((item, index) => {
    used += Buffer.byteLength(JSON.stringify(item));
    return used > bytes && index > 0;
  });
  return cut === -1 ? [...items] : items.slice(0, cut);
}
