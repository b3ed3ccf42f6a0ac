import { closest, distance } from 'fastest-levenshtein';

const SHOWN_LENGTH = 60;
const LISTED = 20;
const plain = (name: string): string => name.toLowerCase().replace(/[-_ .]/g, '');

/** The known name that was most likely meant: the same but for case and separators, or few letters away; null when none is near. */
export function nearestName(name: string, known: readonly string[]): string | null {
  if (known.length === 0) return null;
  const wanted = plain(name);
  const same = known.find((each) => plain(each) === wanted);
  if (same !== undefined) return same;
  const near = closest(
    wanted,
    known.map((each) => plain(each)),
  );
  const found = known.find((each) => plain(each) === near)!;
  const length = Math.max(wanted.length, near.length);
  const isPart = wanted.length >= 4 && (near.startsWith(wanted) || wanted.startsWith(near));
  return isPart || distance(wanted, near) <= (length < 4 ? 1 : Math.max(2, Math.floor(length / 3))) ? found : null;
}

/** `There is no field "Stage". Did you mean "stage"?`; lists the known names when none is near. */
export function unknownName(kind: string, name: string, known: readonly string[]): string {
  const nearest = nearestName(name, known);
  const listed = known.slice(0, LISTED).join(', ');
  const rest = known.length > LISTED ? `, and ${known.length - LISTED} more` : '';
  const hint = nearest !== null ? `Did you mean "${nearest}"?` : known.length === 0 ? `None is known here.` : `Known: ${listed}${rest}.`;
  return `There is no ${kind} "${name.slice(0, SHOWN_LENGTH)}". ${hint}`;
}
