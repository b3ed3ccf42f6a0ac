import { places, settingsPages } from './places';

export interface PaletteEntry {
  readonly path: string;
  readonly label: string;
  /** What it is, in a word. */
  readonly kind: string;
}

const page = $localize`Page`;
const setting = $localize`Settings`;

/** Every page that a user with these rights may open. */
export function pagesFor(isAdmin: boolean): readonly PaletteEntry[] {
  const main = [
    { path: '/overview', label: $localize`Overview` },
    ...places.filter(({ place }) => place !== 'settings'),
    { path: '/deleted', label: $localize`Deleted packages` },
    { path: '/network/packages', label: $localize`Package locations` },
    { path: '/network/rights', label: $localize`Publish rights` },
    ...(isAdmin ? [{ path: '/held', label: $localize`Held changes` }] : []),
  ];
  return [
    ...main.map(({ path, label }) => ({ path, label, kind: page })),
    ...settingsPages(isAdmin).map(({ path, label }) => ({ path, label, kind: setting })),
  ];
}

/** Those whose name has every word of the text. */
export function fitting(entries: readonly PaletteEntry[], text: string): readonly PaletteEntry[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  return entries.filter(({ label }) => words.every((word) => label.toLowerCase().includes(word)));
}
